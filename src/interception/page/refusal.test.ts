import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Challenge, Delivered } from '../challenge.ts';
import type { HoldEnd } from '../holds.ts';
import type { ObservedRequest } from '../observed-request.ts';
import type { OtherAnswer } from '../other-answer.ts';
import { observedOf } from '../samples.fixture.ts';
import { replaceable } from './refusal.ts';

const URL_OF_PAGE = 'https://shop.example/article?n=1';
const JSON_ANSWER: OtherAnswer = {
  type: 'application/json',
  allowedOrigin: null,
  body: new TextEncoder().encode('{}'),
};
const AS_DATA = 'data:application/json;base64,e30=';

const answered = vi.fn(async () => async () => undefined);
/** The ends of the holds of refusals, in order. */
let ends: Array<HoldEnd | Promise<HoldEnd>>;
const scriptHolds = {
  holdRefusal: (_: ObservedRequest, end: HoldEnd | Promise<HoldEnd>) => void ends.push(end),
};
beforeEach(() => {
  ends = [];
});
afterEach(() => vi.unstubAllGlobals());

/** A refusal of the proof of a request, by 410 unless said otherwise. */
function refused(parts: Partial<Challenge>, status = 410): Delivered {
  const sample = observedOf('one', 0);
  const observed = { ...sample, challenge: { ...sample.challenge, url: URL_OF_PAGE, ...parts } };
  const bodyEnd = Promise.resolve('complete' as const);
  const delivered = {
    kind: 'answered',
    status,
    paymentResponse: null,
    paymentRequired: null,
    bodyEnd,
  } as const;
  return replaceable(observed, delivered, { scriptHolds, carrier: { answer: answered } });
}

describe('the page of a script', () => {
  const script = { kind: 'xmlhttprequest', initiator: 'https://shop.example' } as const;

  test.each<[string, Partial<Challenge>, OtherAnswer | null, HoldEnd]>([
    ['of the same origin gets the other answer', {}, JSON_ANSWER, AS_DATA],
    ['gets its refusal where there is no other answer', {}, null, 'release'],
    ['of another origin gets its refusal', { initiator: 'https://other.example' }, JSON_ANSWER, 'release'],
    [
      'of another origin gets what every page may read',
      { initiator: 'https://other.example' },
      { ...JSON_ANSWER, allowedOrigin: '*' },
      AS_DATA,
    ],
    [
      'gets its refusal for an answer that is too long',
      {},
      { ...JSON_ANSWER, body: new Uint8Array(2e6) },
      'release',
    ],
  ])('%s', async (_, parts, answer, end) => {
    const { instead } = refused({ ...script, ...parts });
    instead?.(answer);
    expect(await Promise.all(ends)).toEqual([end]);
  });

  test('that sent a body gets its refusal at once: it keeps no body to send again', () => {
    expect(refused({ ...script, method: 'POST' }).instead).toBeUndefined();
    expect(ends).toEqual(['release']);
  });

  test('waits for nothing after any other answer', () => {
    for (const status of [200, 402, 404, 409]) expect(refused(script, status).instead).toBeUndefined();
    expect(ends).toEqual([]);
  });

  test('that has its response already waits for nothing', () => {
    expect(refused({ ...script, userPart: 'load' }).instead).toBeUndefined();
    expect(ends).toEqual([]);
  });
});

describe('the tab of a document', () => {
  const document = { kind: 'main_frame', tabId: 7 } as const;
  const reload = vi.fn(async () => undefined);
  const shows = (tab: { readonly url?: string; readonly pendingUrl?: string } | null) => {
    const get = tab === null ? () => Promise.reject(new Error('No tab')) : async () => tab;
    vi.stubGlobal('chrome', { tabs: { get, reload } });
  };
  beforeEach(() => {
    reload.mockClear();
    answered.mockClear();
  });
  /** Resolves once all that was begun has run to its end. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test.each([
    ['that shows it', { url: `${URL_OF_PAGE}#part` }, 1],
    ['that loads it', { url: URL_OF_PAGE, pendingUrl: URL_OF_PAGE }, 1],
    ['that shows another page', { url: 'https://shop.example/' }, 0],
    ['that goes to another page', { url: URL_OF_PAGE, pendingUrl: 'https://shop.example/' }, 0],
    ['that is closed', null, 0],
  ] as const)('%s shows the other answer as often: %j %i', async (_, tab, times) => {
    shows(tab);
    refused(document).instead?.(JSON_ANSWER);
    await settled();
    const target = { tabId: 7, kind: 'main_frame', url: URL_OF_PAGE, method: 'GET', initiators: null };
    expect(answered.mock.calls).toEqual(Array(times).fill([target, AS_DATA]));
    expect(reload.mock.calls).toEqual(Array(times).fill([7, { bypassCache: true }]));
  });

  test('keeps its refusal where there is no other answer', async () => {
    shows({ url: URL_OF_PAGE });
    refused(document).instead?.(null);
    await settled();
    expect(reload).not.toHaveBeenCalled();
  });

  test.each([
    ['a form', { kind: 'main_frame', method: 'POST' }],
    ['a frame', { kind: 'sub_frame' }],
    ['an image', { kind: 'image' }],
  ] as const)('is left alone by the refusal of %s', (_, parts) => {
    expect(refused(parts).instead).toBeUndefined();
  });
});
