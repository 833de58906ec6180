import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Answered } from '../interception/challenge.ts';
import { budgetOf, challengeOf, NETWORK, PAYEE, sessionOffer } from '../payments/samples.fixture.ts';
import type { Decision } from '../policy/decision.ts';
import {
  answered,
  decided,
  type Exchange,
  type ExchangeStep,
  after as followed,
  joined,
  paymentOf,
  priced,
  StoredExchange,
  seen,
  unpriced,
} from './exchange.ts';

const ANSWER: Answered = { kind: 'answered', status: 200, paymentResponse: 'e30=', paymentRequired: 'W10=' };
const offered = priced({ header: 'offer', seenAt: 1 });
const started = seen('one', challengeOf(), offered);
const served = (payment: string, at = 3): ExchangeStep => ({ kind: 'served', at, payment });
const withSteps = (...steps: readonly ExchangeStep[]): Exchange => ({ ...started, steps });

describe('the request of an exchange', () => {
  const {
    id,
    requestId: _,
    isPrivate: __,
    startedBy: ___,
    view: ____,
    header: _____,
    ...kept
  } = challengeOf();

  test('has what distinguishes the request from others, and nothing of the window or the offer', () => {
    expect(seen(id, { ...challengeOf(), ...kept }, offered)).toStrictEqual({
      id,
      request: kept,
      steps: [offered],
    });
  });

  test('has the site that redirected it and the frames around it, where there are some', () => {
    const around = { redirectedBy: 'https://other.example', ancestors: ['https://page.example', 'null'] };
    expect(seen(id, { ...kept, ...around }, offered).request).toStrictEqual({ ...kept, ...around });
  });

  test('has a URL of 8192 characters, and cuts a longer one', () => {
    const longest = 'https://shop.example/'.padEnd(8192, 'x');
    const urlOf = (url: string) => seen(id, { ...kept, url }, offered).request.url;
    expect(urlOf(longest)).toBe(longest);
    expect(urlOf(`${longest}y`)).toBe(`${longest}…`);
  });
});

test('the offer of an exchange has 64 KiB, as much as the wallet reads', () => {
  const longest = 'x'.repeat(65_536);
  expect(priced({ header: longest, seenAt: 7 })).toEqual({ kind: 'priced', at: 7, header: longest });
  expect(priced({ header: `${longest}y`, seenAt: 7 })).toMatchObject({ header: `${longest}…` });
});

describe('the headers of a 402 without a price', () => {
  const headersOf = (headers: Parameters<typeof unpriced>[1]) => {
    const step = unpriced(7, headers);
    return step.kind === 'unpriced' ? step.headers : undefined;
  };

  test('are those about payment, the first sixteen of them, an empty text for one without a value', () => {
    const many = Array.from({ length: 17 }, (_, at) => ({ name: `X-Payment-${at}`, value: `${at}` }));
    expect(headersOf([{ name: 'Set-Cookie', value: 'secret' }, ...many])).toEqual(
      many.slice(0, 16).map(({ name, value }) => [name, value]),
    );
    expect(unpriced(7, [{ name: 'Link' }])).toEqual({ kind: 'unpriced', at: 7, headers: [['Link', '']] });
  });

  test('are cut: a name to 128 characters, a value to 16 KiB', () => {
    const [name, value] = ['X-Payment-'.padEnd(128, 'x'), 'v'.repeat(16_384)];
    expect(headersOf([{ name, value }])).toEqual([[name, value]]);
    expect(headersOf([{ name: `${name}x`, value: `${value}v` }])).toEqual([[`${name}…`, `${value}…`]]);
  });
});

test.each<[string, Decision, string | null]>([
  ['pay', { kind: 'pay', budget: budgetOf() }, null],
  ['ask', { kind: 'ask', reason: 'reason_newSite' }, 'reason_newSite'],
  ['refuse', { kind: 'refuse', key: 'refusal_EXPIRED' }, 'refusal_EXPIRED'],
])('a decision to %s is recorded with its reason and the terms', (how, decision, why) => {
  expect(decided(7, sessionOffer(9n), decision)).toStrictEqual({
    kind: 'decided',
    at: 7,
    how,
    why,
    amount: '9',
    mechanism: 'nanoSession',
    network: NETWORK,
    payTo: PAYEE,
  });
});

test('a refusal is recorded with the words of its reason', () => {
  const decision = { kind: 'refuse', key: 'refusal_WORK_TAKES_TOO_LONG', args: ['20', '95'] } as const;
  expect(decided(7, sessionOffer(9n), decision)).toMatchObject({ why: decision.key, args: decision.args });
});

describe('an answer to a proof', () => {
  test('is recorded with its status and its two headers, and no others', () => {
    expect(answered(7, 'page', { ...ANSWER, retryAfter: '5', represent: 'token' })).toStrictEqual({
      ...ANSWER,
      at: 7,
      way: 'page',
    });
    const bare = { ...ANSWER, paymentResponse: null, paymentRequired: null };
    expect(answered(7, 'post', bare)).toStrictEqual({ ...bare, at: 7, way: 'post' });
  });

  test('is cut: PAYMENT-RESPONSE to 16 KiB, PAYMENT-REQUIRED to 64 KiB', () => {
    const [paymentResponse, paymentRequired] = ['r'.repeat(16_384), 'q'.repeat(65_536)];
    const whole = { ...ANSWER, paymentResponse, paymentRequired };
    expect(answered(7, 'page', whole)).toEqual({ ...whole, at: 7, way: 'page' });
    const longer = {
      ...ANSWER,
      paymentResponse: `${paymentResponse}r`,
      paymentRequired: `${paymentRequired}q`,
    };
    expect(answered(7, 'page', longer)).toMatchObject({
      paymentResponse: `${paymentResponse}…`,
      paymentRequired: `${paymentRequired}…`,
    });
  });

  test('that did not come is recorded with its reason', () => {
    const none = { kind: 'unanswered', reason: 'gone' } as const;
    expect(answered(7, 'replay', none)).toEqual({ ...none, at: 7, way: 'replay' });
  });
});

describe('a further step of an exchange', () => {
  const asked = (reason: 'reason_newSite' | 'reason_overPayment') =>
    decided(2, sessionOffer(9n), { kind: 'ask', reason });
  const paid = decided(2, sessionOffer(9n), { kind: 'pay', budget: budgetOf() });
  const left: ExchangeStep = { kind: 'left', at: 4, key: 'refusal_LAPSED', args: [] };
  const replayed = (status: number) => answered(5, 'replay', { ...ANSWER, status });

  test.each<[string, ExchangeStep]>([
    ['the same offer', offered],
    ['the same payment', served('one')],
    ['the same decision', asked('reason_newSite')],
  ])('is dropped where it repeats %s, at whatever time', (_, step) => {
    const exchange = withSteps(offered, served('one'), asked('reason_newSite'));
    expect(followed(exchange, { ...step, at: 99 })).toBe(exchange);
  });

  test.each<[string, ExchangeStep]>([
    ['another offer', priced({ header: 'other', seenAt: 1 })],
    ['another payment', served('two')],
    ['another reason to ask', asked('reason_overPayment')],
    ['another decision', paid],
    ['a payment that was not made', left],
    ['another answer', answered(5, 'page', ANSWER)],
    ['another request without an answer', answered(5, 'page', { kind: 'unanswered', reason: 'gone' })],
    ['a 402 without a price', unpriced(5, [])],
  ])('is kept where it is %s', (_, step) => {
    const steps = [
      offered,
      served('one'),
      asked('reason_newSite'),
      ...['left', 'answered', 'unanswered'].flatMap((kind) => (kind === step.kind ? [step] : [])),
    ];
    expect(followed(withSteps(...steps), step).steps).toEqual([...steps, step]);
  });

  test('is dropped where it is the same 402 without PAYMENT-REQUIRED, and kept where that has other headers', () => {
    const [first, other] = ['1', '2'].map((value) => unpriced(1, [{ name: 'x-payment-amount-raw', value }]));
    if (first === undefined || other === undefined) throw new Error('two steps');
    const exchange = withSteps(first);
    expect(followed(exchange, { ...first, at: 99 })).toBe(exchange);
    expect(followed(exchange, other).steps).toEqual([first, other]);
  });

  test('displaces the oldest of eight replays where it is one more', () => {
    const eight = [1, 2, 3, 4, 5, 6, 7, 8].map(replayed);
    const exchange = eight.reduce(followed, withSteps(offered, served('one')));
    expect(exchange.steps).toEqual([offered, served('one'), ...eight]);
    expect(followed(exchange, replayed(9)).steps).toEqual([
      offered,
      served('one'),
      ...eight.slice(1),
      replayed(9),
    ]);
  });

  test('that is no replay displaces none, and is displaced by none', () => {
    const eight = [1, 2, 3, 4, 5, 6, 7, 8].map(replayed);
    const page = answered(6, 'page', ANSWER);
    expect(followed(withSteps(...eight), page).steps).toEqual([...eight, page]);
    expect(followed(withSteps(page, ...eight), replayed(9)).steps).toEqual([
      page,
      ...eight.slice(1),
      replayed(9),
    ]);
  });
});

test('an exchange that was recorded before and after a restart has each step once', () => {
  const earlier = withSteps(offered, served('one'));
  const later = withSteps(offered, served('one', 9), served('two', 10));
  expect(joined(earlier, later)).toEqual(withSteps(offered, served('one'), served('two', 10)));
});

test('the payment of an exchange is the last one that was made or delivered for it', () => {
  expect(paymentOf(withSteps(offered))).toBeNull();
  expect(paymentOf(withSteps(offered, served('one'), served('two'), offered))).toBe('two');
});

describe('a stored exchange', () => {
  const steps: readonly ExchangeStep[] = [
    offered,
    unpriced(1, [{ name: 'Link', value: '</pay>' }]),
    ...(['pay', 'ask', 'refuse'] as const).map(
      (how): ExchangeStep => ({
        kind: 'decided',
        at: 2,
        how,
        why: how === 'pay' ? null : 'reason_newSite',
        amount: '1',
        mechanism: 'nanoSession',
        network: NETWORK,
        payTo: PAYEE,
      }),
    ),
    decided(2, sessionOffer(9n), { kind: 'refuse', key: 'refusal_WORK_TAKES_TOO_LONG', args: ['20', '95'] }),
    served('one'),
    { kind: 'left', at: 4, key: 'refusal_LAPSED', args: ['text'] },
    ...(['page', 'post', 'replay'] as const).map((way) => answered(5, way, ANSWER)),
    answered(5, 'page', { ...ANSWER, paymentResponse: null, paymentRequired: null }),
    answered(6, 'page', { kind: 'unanswered', reason: 'timeout' }),
  ];

  test.each(steps.map((step) => [step.kind, step] as const))('is read with each step: %s', (_, step) => {
    const exchange: unknown = JSON.parse(JSON.stringify(withSteps(step)));
    expect(v.parse(StoredExchange, exchange)).toEqual(exchange);
  });

  test.each([
    ...['id', 'requestId', 'isPrivate', 'startedBy', 'view', 'header'],
    ...['fromServiceWorker', 'userPart', 'givenBack'],
  ])('has no %s in its request', (field) => {
    const whole = new Map<string, unknown>(
      Object.entries(challengeOf({ fromServiceWorker: true, userPart: 'load', givenBack: true })),
    );
    const request = { ...started.request, [field]: whole.get(field) };
    expect(v.is(StoredExchange, { ...started, request })).toBe(false);
  });

  test.each<[string, object]>([
    ['of no known kind', { kind: 'paid', at: 1 }],
    ['without a time', { kind: 'served', payment: 'one' }],
    ['with a key that is no text', { kind: 'left', at: 1, key: 7, args: [] }],
    ['with more than it should have', { ...served('one'), proof: 'secret' }],
    ['of an unknown route of the proof', { ...answered(5, 'page', ANSWER), way: 'other' }],
  ])('with a step %s is refused', (_, step) => {
    expect(v.is(StoredExchange, { ...started, steps: [step] })).toBe(false);
  });
});
