import type { MessageKey } from '../fault.ts';
import type { RawString } from '../messages/fields.ts';
import { formatXno, parseBalance } from '../nano/amount.ts';
import { shortXno } from '../ui/format.ts';

/** What the toolbar button tells of the whole purse. */
export interface PurseSign {
  /** The purse cannot pay at all, because the disk is full. */
  readonly isOutOfOrder: boolean;
  /** `pocket`: locked, and budgets still pay. */
  readonly purse: 'none' | 'locked' | 'pocket' | 'open';
  /** How many questions and paid pages wait for the user. */
  readonly waiting: number;
  /** Whether some payment bought nothing yet, and the user has not seen that. */
  readonly isOwed: boolean;
}

/** A payment as its sign names it. */
export interface SignedPayment {
  /** Without the tag of a session. */
  readonly price: RawString;
  /** Origin that was paid. */
  readonly site: string;
}

/**
 * What the button tells of one tab: that a budget has paid, that a payment bought nothing yet, that a payment was not
 * completed, or that a page asks for money before there is a purse.
 */
export type TabSign =
  | ({ readonly kind: 'paid' | 'owed' } & SignedPayment)
  | { readonly kind: 'failed' }
  | { readonly kind: 'early'; readonly site: string };

/** What is written on the button, and how. */
export interface Sign {
  /** At most four characters; empty for no badge. */
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'test';
  /** The tooltip. */
  readonly title: { readonly key: MessageKey; readonly args: readonly string[] };
  /** Which icon is shown: the grey one while no password was given. */
  readonly icon: 'open' | 'locked';
}

const TROUBLE = '!';
/** How many characters a badge shows. */
const MOST_TEXT = 4;

/**
 * Returns the sign of the button over a tab, or over the tabs without a sign of their own.
 *
 * @param tab what is to be told of the tab; null for nothing
 * @param isTest whether the tab pays with test money: its badge says so unless something more important is told
 */
export function signOf(purse: PurseSign, tab: TabSign | null = null, isTest = false): Sign {
  const icon = isLocked(purse) ? 'locked' : 'open';
  const { text, tone, title } = contentOf(purse, tab, isTest);
  return { text, tone: isTest ? 'test' : tone, title, icon };
}

function contentOf(purse: PurseSign, tab: TabSign | null, isTest: boolean): Omit<Sign, 'icon'> {
  const { isOutOfOrder, waiting, isOwed } = purse;
  if (isOutOfOrder) return bad('fault_storageFull');
  if (tab?.kind === 'paid')
    return { text: badgeOf(tab.price), tone: 'good', title: named('action_paid', tab) };
  if (tab?.kind === 'failed') return bad('action_failed');
  if (waiting > 0 && !isTest) {
    return {
      text: String(waiting),
      tone: 'plain',
      title: { key: 'action_waiting', args: [String(waiting)] },
    };
  }
  if (tab?.kind === 'owed') {
    return isLocked(purse)
      ? bad('action_owedElsewhere')
      : { text: TROUBLE, tone: 'bad', title: named('action_owed', tab) };
  }
  if (isTest) return { text: 'TEST', tone: 'test', title: titleOf(purse) };
  if (tab?.kind === 'early') {
    return { text: '1', tone: 'plain', title: { key: 'action_early', args: [new URL(tab.site).host] } };
  }
  return isOwed ? bad('action_owedElsewhere') : { text: '', tone: 'plain', title: titleOf(purse) };
}

const isLocked = ({ purse }: PurseSign): boolean => purse === 'locked' || purse === 'pocket';

const bad = (key: MessageKey): Omit<Sign, 'icon'> => ({
  text: TROUBLE,
  tone: 'bad',
  title: { key, args: [] },
});

const named = (key: 'action_paid' | 'action_owed', { price, site }: SignedPayment): Sign['title'] => ({
  key,
  args: [shortXno(price), new URL(site).host],
});

/** Returns an amount (raw) in XNO for a badge; a tick where it has more than `MOST_TEXT` characters, which a badge cuts off. */
function badgeOf(price: RawString): string {
  const amount = formatXno(parseBalance(price));
  return amount.length <= MOST_TEXT ? amount : '✓';
}

function titleOf({ purse }: PurseSign): Sign['title'] {
  switch (purse) {
    case 'locked':
      return { key: 'action_locked', args: [] };
    case 'pocket':
      return { key: 'action_pocket', args: [] };
    case 'none':
    case 'open':
      return { key: 'appName', args: [] };
  }
}
