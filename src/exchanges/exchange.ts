import * as v from 'valibot';
import type { MessageKey } from '../fault.ts';
import {
  type Answered,
  type Challenge,
  StoredChallenge,
  type Unanswered,
} from '../interception/challenge.ts';
import type { HeaderField } from '../interception/price.ts';
import type { PaymentId } from '../payment-id.ts';
import type { ProofRoute } from '../payments/exchange-recorder.ts';
import type { Decision } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';

/** The request that was answered with a 402, as `webRequest` reported it. */
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
  /** The browser's resource type: `main_frame`, `image`. */
  readonly kind: string;
};

/** One event of an exchange. `at` is in ms since the epoch. */
export type ExchangeStep = { readonly at: number } & (
  | { readonly kind: 'priced'; readonly header: string }
  /** The response had no PAYMENT-REQUIRED; `headers` are its other headers about payment, which may state a price. */
  | { readonly kind: 'unpriced'; readonly headers: readonly (readonly [name: string, value: string])[] }
  | {
      readonly kind: 'decided';
      readonly how: Decision['kind'];
      /** The message key of the reason; null where a budget pays. */
      readonly why: MessageKey | null;
      /** The words that go into the reason, where it has any. */
      readonly args?: readonly string[];
      /** Raw, as decimal text. */
      readonly amount: string;
      readonly mechanism: string;
      readonly network: string;
      readonly payTo: string;
    }
  /** A payment is made, or a kept one is delivered, for this request. The journal has the details. */
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

/** One 402 and what followed it, for the developer tools and the popup. */
export interface Exchange {
  /** The id of the challenge. */
  readonly id: string;
  readonly request: Requested;
  readonly steps: readonly ExchangeStep[];
}

/** The longest texts that are kept (characters). The wallet reads no more than `MOST_HEADER` of PAYMENT-REQUIRED. */
const MOST_HEADER = 64 * 1024;
const MOST_RESPONSE = 16 * 1024;
const MOST_URL = 8192;
/** The number of answers to a replayed proof that are kept. All other kinds of steps are few. */
const MOST_REPLAYS = 8;

/** Truncates a text to the longest length that is kept. */
const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);
const cutOr = (text: string | null, most: number): string | null => text && cut(text, most);

/** A new exchange. */
export function seen(id: string, request: Requested, first: ExchangeStep): Exchange {
  const { tabId, frameId, documentId, initiator, redirectedBy, topOrigin, ancestors, method, kind, seenAt } =
    request;
  const url = cut(request.url, MOST_URL);
  return {
    id,
    request: {
      tabId,
      frameId,
      documentId,
      initiator,
      ...(redirectedBy !== undefined && { redirectedBy }),
      topOrigin,
      ...(ancestors !== undefined && { ancestors }),
      method,
      url,
      kind,
      seenAt,
    },
    steps: [first],
  };
}

/** The step of a 402 that states a price. */
export function priced({ header, seenAt }: Pick<Challenge, 'header' | 'seenAt'>): ExchangeStep {
  if (typeof header !== 'string') return unpriced(seenAt, header.headers);
  return { kind: 'priced', at: seenAt, header: cut(header, MOST_HEADER) };
}

/** The headers in which other protocols ask for money, and those of HTTP that some of them use. */
const OF_PAYMENT = /^(x-)?(payment|pay|402|nano)|^crawler-|^(www-authenticate|link)$/i;
const MOST_HEADERS = 16;

/** The step of a 402 without a PAYMENT-REQUIRED header. */
export function unpriced(at: number, headers: readonly HeaderField[]): ExchangeStep {
  const relevant = headers.filter(({ name }) => OF_PAYMENT.test(name)).slice(0, MOST_HEADERS);
  return {
    kind: 'unpriced',
    at,
    headers: relevant.map(({ name, value = '' }) => [cut(name, 128), cut(value, MOST_RESPONSE)]),
  };
}

/** The step of a decision. */
export function decided(at: number, offer: Offer, decision: Decision): ExchangeStep {
  const { amount, mechanism, network, payTo } = offer;
  const why = decision.kind === 'pay' ? null : decision.kind === 'ask' ? decision.reason : decision.key;
  const terms = { amount: amount.toString(), mechanism, network, payTo };
  const args = decision.kind === 'pay' ? undefined : decision.args;
  return { kind: 'decided', at, how: decision.kind, why, ...(args && { args }), ...terms };
}

/** The step of a server's answer to a proof. */
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

/** The exchange after one more step. A step that a restarted worker repeats is dropped. */
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
      return other.kind === 'unpriced' && JSON.stringify(one.headers) === JSON.stringify(other.headers);
    case 'left':
    case 'answered':
    case 'unanswered':
      return false;
  }
}

/** Joins the steps of one exchange that were recorded before and after a restart of the worker. */
export function joined(earlier: Exchange, later: Exchange): Exchange {
  return later.steps.reduce(after, earlier);
}

/** The payment that was last made or delivered for the exchange; null where there is none. */
export function paymentOf({ steps }: Exchange): PaymentId | null {
  const last = steps.findLast((step) => step.kind === 'served');
  return (last?.payment ?? null) as PaymentId | null;
}

const text = v.string();
const nullable = v.nullable(text);
const at = v.number();
/** Not checked against the list of keys: an update of the extension empties the store, so this version wrote it. */
const key = v.custom<MessageKey>((value) => typeof value === 'string');
const way = v.picklist(['page', 'post', 'replay']);

/** Schema of a stored exchange, for the next start of the worker. */
export const StoredExchange = v.strictObject({
  id: text,
  request: v.strictObject({
    ...v.omit(StoredChallenge, [
      'id',
      'requestId',
      'isPrivate',
      'startedBy',
      'view',
      'fromServiceWorker',
      'userPart',
      'givenBack',
      'header',
    ]).entries,
    kind: text,
    url: text,
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
        args: v.exactOptional(v.array(text)),
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
