import type { PlainMessageKey } from '../fault.ts';
import { t } from '../ui/i18n.ts';
import type { Article } from './shop.ts';

interface Words {
  readonly title: PlainMessageKey;
  readonly text: PlainMessageKey;
}

const WORDS: Readonly<Record<Article, Words>> = {
  status: { title: 'practice_statusTitle', text: 'practice_statusText' },
  fees: { title: 'practice_feesTitle', text: 'practice_feesText' },
  budgets: { title: 'practice_budgetsTitle', text: 'practice_budgetsText' },
};

export const titleOf = (article: Article): string => t(WORDS[article].title);
export const textOf = (article: Article): string => t(WORDS[article].text);
