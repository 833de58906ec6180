import { debitOf } from '../policy/debit.ts';
import { Amount } from '../ui/components/Amount.tsx';
import { Button } from '../ui/components/Button.tsx';
import { Screen } from '../ui/components/Screen.tsx';
import { shortXno } from '../ui/format.ts';
import { t } from '../ui/i18n.ts';
import { useQuery } from '../ui/invalidations.ts';
import type { ArticleView, LiveView } from './live-practice.ts';
import type { Article } from './shop.ts';

/** How many digits of a block's hash are shown. */
const HASH = 8;

interface PaidProps {
  readonly view: LiveView;
  readonly open: Article | null;
  readonly onAgain: (article: Article) => void;
}

/** The purse while it asks nothing: its balance, and how the article that is open was paid for. */
export function Paid({ view, open, onAgain }: PaidProps) {
  const purse = useQuery('purse.state', {});
  const article = view.articles.find((one) => one.article === open);
  const hasPaid = view.articles.some(({ shown }) => shown === 'article');
  const hasNoPurse = purse.kind === 'given' && purse.value.kind === 'empty';
  return (
    <Screen title={t('practice_title')}>
      <p class="practice-balance">
        {t('practice_balance')}{' '}
        {view.balance !== null && <Amount raw={view.balance} use="held" testId="practice-balance" />}
      </p>
      {article === undefined ? <p>{t('practice_lead')}</p> : <Story of={article} onAgain={onAgain} />}
      {hasPaid && (
        <>
          <p class="hint">{t('practice_difference')}</p>
          {hasNoPurse && (
            <Button
              look="primary"
              testId="practice-setUp"
              onClick={() => location.assign('/src/pages/onboarding/index.html')}
            >
              {t('practice_setUp')}
            </Button>
          )}
        </>
      )}
    </Screen>
  );
}

/** What has happened for an article, step by step. */
function Story({ of, onAgain }: { readonly of: ArticleView; readonly onAgain: (article: Article) => void }) {
  const { article, shown, payment } = of;
  if (payment === null) {
    return (
      <>
        <p data-testid="practice-unpaid">{t('practice_unpaid')}</p>
        <Button look="plain" testId="practice-again" onClick={() => onAgain(article)}>
          {t('practice_again')}
        </Button>
      </>
    );
  }
  const { intent, progress } = payment;
  const { price } = debitOf(intent.site, intent);
  const block = 'hash' in progress ? progress.hash.slice(0, HASH) : null;
  return (
    <section aria-labelledby="story-title">
      <h2 id="story-title">{t('practice_steps')}</h2>
      <ol class="practice-story" data-testid="practice-story" data-state={progress.state}>
        <li>{t('practice_step402', { amount: shortXno(price.toString()) })}</li>
        <li>{t(intent.approval === 'budget' ? 'practice_stepBudget' : 'practice_stepAgreed')}</li>
        {block !== null && <li>{t('practice_stepBlock', { block })}</li>}
        {shown === 'article' && <li>{t('practice_stepServed')}</li>}
      </ol>
    </section>
  );
}
