import { Amount } from '../ui/components/Amount.tsx';
import { t } from '../ui/i18n.ts';
import type { LiveView } from './live-practice.ts';
import { ARTICLES, type Article, PRICE, urlOf } from './shop.ts';
import { textOf, titleOf } from './titles.ts';

interface ShopTabProps {
  readonly view: LiveView;
  /** The article that is open; null for the list. */
  readonly open: Article | null;
  readonly onOpen: (article: Article) => void;
}

/** The tab of the small browser: the paper's articles, and the one that was opened last. */
export function ShopTab({ view, open, onOpen }: ShopTabProps) {
  return (
    <section class="practice-tab" aria-label={t('practice_site')}>
      <p class="practice-url" dir="ltr" data-testid="practice-url">
        {open === null ? new URL(urlOf('status')).origin : urlOf(open)}
      </p>
      <div class="practice-paper">
        <h2>{t('practice_site')}</h2>
        <ul class="practice-articles">
          {ARTICLES.map((article) => (
            <li key={article}>
              <button
                type="button"
                class="link"
                aria-current={article === open ? 'page' : undefined}
                data-testid={`practice-${article}`}
                onClick={() => onOpen(article)}
              >
                {titleOf(article)}
              </button>
              <Amount raw={PRICE.toString()} />
            </li>
          ))}
        </ul>
        {open !== null && <Opened view={view} article={open} />}
      </div>
    </section>
  );
}

function Opened({ view, article }: { readonly view: LiveView; readonly article: Article }) {
  const shown = view.articles.find((one) => one.article === article)?.shown ?? 'nothing';
  return (
    <article class="practice-article" data-testid="practice-article" data-shown={shown} aria-live="polite">
      <h3>{titleOf(article)}</h3>
      {shown === 'article' ? <p>{textOf(article)}</p> : <p class="practice-wall">{t('practice_wall')}</p>}
    </article>
  );
}
