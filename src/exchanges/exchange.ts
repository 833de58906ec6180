import * as v from 'valibot';
import type { MessageKey } from '../fault.ts';
import type { Answered, Challenge, Unanswered } from '../interception/challenge.ts';
import type { PaymentId } from '../payment-id.ts';
import type { ProofRoute } from '../payments/exchange-recorder.ts';
import type { Decision } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';

/** The request that was answered 402, as the browser's network layer saw it. */
export type Requested = Pick<
  Challenge,
  | 'tabId'
  | 'frameId'
  | 'documentId'
  | 'initiator'
  | 'redirectedBy'
  | 'topOrigin'
  | 'ancestors'
  | 'method'
  | 'url'
  | 'seenAt'
> & {
  /** The browser's own word for what asked: `main_frame`, `image`. */
  readonly kind: string;
};
/** What happened to a 402, one thing at a time; `at` in ms since the epoch. */
export type ExchangeStep = { readonly at: number } & (
  | { readonly kind: 'priced'; readonly header: string }
  /** Without PAYMENT-REQUIRED; of the other headers, those that speak of payment. */
  | { readonly kind: 'unpriced'; readonly headers: readonly (readonly [name: string, value: string])[] }
  | {
      readonly kind: 'decided';
      readonly how: Decision['kind'];
      /** The key of the sentence that says why; null for what a budget pays. */
      readonly why: MessageKey | null;
      /** In raw, as decimal text. */
      readonly amount: string;
      readonly mechanism: string;
      readonly network: string;
      readonly payTo: string;
    }
  /** A payment is made, or a kept one is delivered, for this request; all else of it stands in the journal. */
  | { readonly kind: 'served'; readonly payment: string }
  | { readonly kind: 'left'; readonly key: MessageKey; readonly args: readonly string[] }
  | {
      readonly kind: 'answered';
      readonly way: ProofRoute;
      readonly status: number;
      readonly paymentResponse: string | null;
      readonly paymentRequired: string | null;
    }
  | { readonly kind: 'unanswered'; readonly way: ProofRoute; readonly reason: string }
);

/** A 402 and what came of it: what is told of it to developers, and to whoever wants to know what a tab asked for. */
export interface Exchange {
  /** The challenge's id. */
  readonly id: string;
  readonly request: Requested;
  readonly steps: readonly ExchangeStep[];
}

/** How much of one is kept (characters): as much as is ever read of PAYMENT-REQUIRED, and of a URL. */
const MOST_HEADER = 64 * 1024;
const MOST_RESPONSE = 16 * 1024;
const MOST_URL = 8192;
/** How many answers to a proof that was sent once more are kept; of all else, the walk through the house sets the end. */
const MOST_REPLAYS = 8;

/** A text cut to what is kept of it. */
const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);
const cutOr = (text: string | null, most: number): string | null => text && cut(text, most);

/** A 402 that was just seen. */
export function seen(id: string, request: Requested, first: ExchangeStep): Exchange {
  const { tabId, frameId, documentId, initiator, redirectedBy, topOrigin, ancestors, method, kind, seenAt } =
    request;
  const url = cut(request.url, MOST_URL);
  const by = redirectedBy === undefined ? {} : { redirectedBy };
  const around = ancestors === undefined ? {} : { ancestors };
  return {
    id,
    request: {
      tabId,
      frameId,
      documentId,
      initiator,
      ...by,
      topOrigin,
      ...around,
      method,
      url,
      kind,
      seenAt,
    },
    steps: [first],
  };
}

/** Its price was seen, as it stands in the header. */
export function priced({ header, seenAt }: Pick<Challenge, 'header' | 'seenAt'>): ExchangeStep {
  return { kind: 'priced', at: seenAt, header: cut(header, MOST_HEADER) };
}

/** The headers of earlier protocols, and of HTTP itself where it asks for something. */
const OF_PAYMENT = /^(x-)?(payment|pay|402)|^www-authenticate$/i;
const MOST_HEADERS = 16;

/** It has no price that stands in PAYMENT-REQUIRED. */
export function unpriced(
  at: number,
  headers: readonly { readonly name: string; readonly value?: string | undefined }[],
): ExchangeStep {
  const telling = headers.filter(({ name }) => OF_PAYMENT.test(name)).slice(0, MOST_HEADERS);
  return {
    kind: 'unpriced',
    at,
    headers: telling.map(({ name, value = '' }) => [cut(name, 128), cut(value, MOST_RESPONSE)]),
  };
}

/** What the purse thought of the offer it would pay. */
export function decided(at: number, offer: Offer, decision: Decision): ExchangeStep {
  const { amount, mechanism, network, payTo } = offer;
  const why = decision.kind === 'pay' ? null : decision.kind === 'ask' ? decision.reason : decision.key;
  const what = { amount: amount.toString(), mechanism, network, payTo };
  return { kind: 'decided', at, how: decision.kind, why, ...what };
}

/** What came back for a proof. */
export function answered(at: number, way: ProofRoute, delivery: Answered | Unanswered): ExchangeStep {
  if (delivery.kind === 'unanswered') return { ...delivery, at, way };
  const { kind, status, paymentResponse, paymentRequired } = delivery;
  return {
    kind,
    at,
    way,
    status,
    paymentResponse: cutOr(paymentResponse, MOST_RESPONSE),
    paymentRequired: cutOr(paymentRequired, MOST_HEADER),
  };
}

/** The exchange after one more step; what a worker's next life only says again is no step. */
export function after(exchange: Exchange, step: ExchangeStep): Exchange {
  const { steps } = exchange;
  if (steps.some((one) => saysSame(one, step))) return exchange;
  const replays = steps.filter(isReplay);
  const isTooMuch = isReplay(step) && replays.length >= MOST_REPLAYS;
  const kept = isTooMuch ? steps.filter((one) => one !== replays[0]) : steps;
  return { ...exchange, steps: [...kept, step] };
}

const isReplay = (step: ExchangeStep): boolean => 'way' in step && step.way === 'replay';

function saysSame(one: ExchangeStep, other: ExchangeStep): boolean {
  switch (one.kind) {
    case 'priced':
      return other.kind === 'priced' && one.header === other.header;
    case 'served':
      return other.kind === 'served' && one.payment === other.payment;
    case 'decided':
      return other.kind === 'decided' && one.how === other.how && one.why === other.why;
    case 'unpriced':
    case 'left':
    case 'answered':
    case 'unanswered':
      return false;
  }
}

/** One exchange of what two lives of the worker know of it. */
export function joined(earlier: Exchange, later: Exchange): Exchange {
  return later.steps.reduce(after, earlier);
}

/** The payment that the exchange was last served with. */
export function paymentOf({ steps }: Exchange): PaymentId | null {
  const last = steps.findLast((step) => step.kind === 'served');
  return (last?.payment ?? null) as PaymentId | null;
}

const text = v.string();
const nullable = v.nullable(text);
const at = v.number();
/** The purse wrote it down itself, and no other version of it: the store is emptied by an update. */
const key = v.custom<MessageKey>((value) => typeof value === 'string');
const way = v.picklist(['page', 'post', 'replay']);

/** As it lies where a worker's next life finds it. */
export const StoredExchange = v.strictObject({
  id: text,
  request: v.strictObject({
    tabId: v.number(),
    frameId: v.number(),
    documentId: nullable,
    initiator: nullable,
    redirectedBy: v.exactOptional(text),
    topOrigin: nullable,
    ancestors: v.exactOptional(v.array(text)),
    method: text,
    url: text,
    kind: text,
    seenAt: v.number(),
  }),
  steps: v.array(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('priced'), at, header: text }),
      v.strictObject({ kind: v.literal('unpriced'), at, headers: v.array(v.tuple([text, text])) }),
      v.strictObject({
        kind: v.literal('decided'),
        at,
        how: v.picklist(['pay', 'ask', 'refuse']),
        why: v.nullable(key),
        amount: text,
        mechanism: text,
        network: text,
        payTo: text,
      }),
      v.strictObject({ kind: v.literal('served'), at, payment: text }),
      v.strictObject({ kind: v.literal('left'), at, key, args: v.array(text) }),
      v.strictObject({
        kind: v.literal('answered'),
        at,
        way,
        status: v.number(),
        paymentResponse: nullable,
        paymentRequired: nullable,
      }),
      v.strictObject({ kind: v.literal('unanswered'), at, way, reason: text }),
    ]),
  ),
});
