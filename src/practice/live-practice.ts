import { type ReadonlySignal, signal } from '@preact/signals';
import { type Fault, faultOf } from '../fault.ts';
import type { Payment } from '../payments/payment.ts';
import { t } from '../ui/i18n.ts';
import type { Shown } from './browser.ts';
import { openOwnDatabase } from './own-database.ts';
import { Practice, type PracticeView } from './practice.ts';
import { ARTICLES, type Article } from './shop.ts';
import { titleOf } from './titles.ts';

/** What the tab shows of an article, and what was paid for it. */
export interface ArticleView {
  readonly article: Article;
  readonly shown: Shown;
  readonly payment: Payment | null;
}

/** What the page shows now. */
export interface LiveView extends PracticeView {
  readonly articles: readonly ArticleView[];
}

export type Opening =
  | { readonly kind: 'opening' }
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'open'; readonly practice: Practice; readonly view: ReadonlySignal<LiveView> };

/** Begins a practice that lives as long as the page. */
export function beginPractice(): ReadonlySignal<Opening> {
  const opening = signal<Opening>({ kind: 'opening' });
  void begin(opening).catch((failure: unknown) => {
    opening.value = { kind: 'failed', fault: faultOf(failure) };
  });
  return opening;
}

async function begin(opening: { value: Opening }): Promise<void> {
  const view = signal<LiveView>({ balance: null, question: null, articles: [] });
  let looks = 0;
  const look = async () => {
    looks += 1;
    const mine = looks;
    const [now, articles] = await Promise.all([
      practice.view(),
      Promise.all(
        ARTICLES.map(async (article) => {
          return { article, shown: practice.shown(article), payment: await practice.paymentFor(article) };
        }),
      ),
    ]);
    // A later look may have ended before this one.
    if (mine === looks) view.value = { ...now, articles };
  };
  const changed = () => void look().catch(console.error);
  const describe = (article: Article) => t('practice_description', { title: titleOf(article) });
  const practice = await Practice.begin({ database: await openOwnDatabase(), describe, changed });
  addEventListener('pagehide', () => practice.close());
  await look();
  opening.value = { kind: 'open', practice, view };
}
