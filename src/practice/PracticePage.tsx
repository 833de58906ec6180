import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { useAction } from '../ui/action.ts';
import { Approval } from '../ui/approval/Approval.tsx';
import type { UserDecision } from '../ui/approval/DecisionButtons.tsx';
import { Loading } from '../ui/components/Loading.tsx';
import { Mark } from '../ui/components/Mark.tsx';
import { FaultLine } from '../ui/components/Notice.tsx';
import { t } from '../ui/i18n.ts';
import { beginPractice, type LiveView } from './live-practice.ts';
import { Paid } from './Paid.tsx';
import type { Practice } from './practice.ts';
import { ShopTab } from './ShopTab.tsx';
import type { Article } from './shop.ts';

/** A paid site in a small browser beside the purse, to press Pay once before there is any money. */
export function PracticePage() {
  const opening = useMemo(beginPractice, []).value;
  return (
    <>
      {/* The question brings the page's banner. */}
      <section class="practice-head" aria-label={t('practice_title')}>
        <div class="onboarding-brand">
          <Mark />
          <span class="bar-name">{t('appName')}</span>
        </div>
        <p class="hint">{t('practice_notReal')}</p>
      </section>
      {opening.kind === 'opening' && <Loading />}
      {opening.kind === 'failed' && <FaultLine fault={opening.fault} />}
      {opening.kind === 'open' && <Begun practice={opening.practice} view={opening.view.value} />}
    </>
  );
}

interface BegunProps {
  readonly practice: Practice;
  readonly view: LiveView;
}

function Begun({ practice, view }: BegunProps) {
  const open = useSignal<Article | null>(null);
  const action = useAction();
  const { question } = view;
  const load = (article: Article) => {
    open.value = article;
    // An article that was bought stays on the screen, as in a browser's history.
    if (practice.shown(article) !== 'article') practice.load(article);
  };
  const answer = (name: string, given: UserDecision) => action.run(async () => practice.answer(name, given));
  return (
    <div class="practice-desk">
      <ShopTab view={view} open={open.value} onOpen={load} />
      <div class="practice-purse">
        {question === null ? (
          <Paid view={view} open={open.value} onAgain={load} />
        ) : (
          <Approval
            key={question.id}
            approval={question}
            others={[]}
            sending={action.busy.value}
            fault={action.fault.value}
            onAnswer={(given) => void answer(question.id, given)}
          >
            {null}
          </Approval>
        )}
      </div>
    </div>
  );
}
