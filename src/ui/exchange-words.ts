import type { PlainMessageKey } from '../fault.ts';
import type { ExchangeState, ExchangeView } from '../messages/exchange.ts';
import { sentenceOf, t } from './i18n.ts';
import { timeOfDay } from './time.ts';

const STATES: Readonly<Record<ExchangeState, PlainMessageKey>> = {
  seen: 'ui_exchange_seen',
  asking: 'ui_exchange_asking',
  paying: 'ui_exchange_paying',
  pending: 'ui_exchange_pending',
  paid: 'ui_exchange_paid',
  refused: 'ui_exchange_refused',
  unanswered: 'ui_exchange_unanswered',
  failed: 'ui_exchange_failed',
  left: 'ui_exchange_left',
};

/** Returns the words for the state of an exchange. */
export const stateWords = (state: ExchangeState): string => t(STATES[state]);

const KINDS = new Map<string, PlainMessageKey>([
  ['main_frame', 'ui_kind_main_frame'],
  ['sub_frame', 'ui_kind_sub_frame'],
  ['xmlhttprequest', 'ui_kind_xmlhttprequest'],
  ['image', 'ui_kind_image'],
  ['media', 'ui_kind_media'],
]);

/** Returns the words for a kind of request, by the browser's name for it. */
export const kindWord = (kind: string): string => t(KINDS.get(kind) ?? 'ui_kind_other');

/** Returns the reason of the decision about an exchange, or what it waits for; empty where there is none. */
export function whyWords({ why, notBefore }: Pick<ExchangeView, 'why' | 'notBefore'>): string {
  if (why !== null) return sentenceOf(why);
  return notBefore === null ? '' : t('ui_notBefore', { time: timeOfDay(notBefore) });
}
