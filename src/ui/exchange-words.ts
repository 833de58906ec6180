import type { PlainMessageKey } from '../fault.ts';
import type { ExchangeState, ExchangeView } from '../messages/exchange-views.ts';
import { sentenceOf, t } from './i18n.ts';

const STATES: Readonly<Record<ExchangeState, PlainMessageKey>> = {
  seen: 'ui_exchange_seen',
  asking: 'ui_exchange_asking',
  paying: 'ui_exchange_paying',
  paid: 'ui_exchange_paid',
  refused: 'ui_exchange_refused',
  unanswered: 'ui_exchange_unanswered',
  left: 'ui_exchange_left',
};

/** What has become of a 402, in a word or two. */
export const stateWords = (state: ExchangeState): string => t(STATES[state]);

const KINDS = new Map<string, PlainMessageKey>([
  ['main_frame', 'ui_kind_main_frame'],
  ['sub_frame', 'ui_kind_sub_frame'],
  ['xmlhttprequest', 'ui_kind_xmlhttprequest'],
  ['image', 'ui_kind_image'],
  ['media', 'ui_kind_media'],
]);

/** What asked, by the browser's own word for it. */
export const kindWord = (kind: string): string => t(KINDS.get(kind) ?? 'ui_kind_other');

/** Why it was asked about, or left to the page; empty where that needs no words. */
export const whyWords = ({ why }: Pick<ExchangeView, 'why'>): string => (why === null ? '' : sentenceOf(why));
