import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Challenge } from '../challenge.ts';
import type { ObservedRequest } from '../observed-request.ts';
import { observedOf } from '../samples.fixture.ts';
import { fakeFirefox } from './chrome.fixture.ts';
import { FirefoxResponseHolds } from './response-holds.ts';

const PROOF = { header: 'PAYMENT-SIGNATURE', value: 'proof' } as const;
const URL_OF_IT = 'https://shop.example/#part';

let firefox: ReturnType<typeof fakeFirefox>;
let holds: FirefoxResponseHolds;
let gone: string[];

beforeEach(() => {
  vi.useFakeTimers();
  firefox = fakeFirefox();
  holds = new FirefoxResponseHolds({ types: ['main_frame'] });
  gone = [];
  holds.listen((id) => void gone.push(id));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function observed(parts: Partial<Challenge> = {}, more: Partial<ObservedRequest> = {}): ObservedRequest {
  const one = observedOf('one', 1);
  return {
    ...one,
    ...more,
    challenge: { ...one.challenge, kind: 'main_frame', documentId: null, requestId: '7', ...parts },
  };
}

const headersGo = (requestId = '7', requestHeaders: object[] = []) =>
  firefox.events.beforeSendHeaders.fire({ requestId, requestHeaders });
const fails = (requestId = '7') => firefox.events.failed.fire({ requestId, error: 'NS_BINDING_ABORTED' });

describe('a held response', () => {
  test('is given to its page when it is let go', async () => {
    const held = holds.hold(observed(), URL_OF_IT);
    holds.letGo('one');
    expect(await held).toEqual({});
    expect(holds.has('one')).toBe(false);
    expect(holds.isLetGo('7')).toBe(false);
  });

  test('begins anew when it is taken, and goes out with its proof', async () => {
    const held = holds.hold(observed(), URL_OF_IT);
    const taken = holds.take('one');
    expect(await held).toEqual({ redirectUrl: URL_OF_IT });
    const sent = headersGo('7', [{ name: 'payment-signature', value: 'of the page' }]);
    expect(await taken).toBe(true);
    expect(holds.send('one', PROOF)).toBe(true);
    expect(await sent).toEqual({
      requestHeaders: [
        { name: 'PAYMENT-SIGNATURE', value: 'proof' },
        { name: 'Cache-Control', value: 'no-cache' },
      ],
    });
    expect(holds.send('one', PROOF)).toBe(false);
  });

  test('is not there when its request fails as it begins anew, and nobody is paid for it', async () => {
    void holds.hold(observed(), URL_OF_IT);
    const taken = holds.take('one');
    fails();
    expect(await taken).toBe(false);
    expect(gone).toEqual(['one']);
    expect(holds.send('one', PROOF)).toBe(false);
  });

  test('is not there when its request does not begin within 10 s; where it begins later, it goes without a proof', async () => {
    void holds.hold(observed(), URL_OF_IT);
    const taken = holds.take('one');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await taken).toBe(false);
    expect(headersGo()).toBeUndefined();
    expect(holds.isLetGo('7')).toBe(true);
  });

  test('goes without a proof when it is let go after it has begun anew, and its new 402 is its page’s', async () => {
    void holds.hold(observed(), URL_OF_IT);
    const taken = holds.take('one');
    const sent = headersGo();
    expect(await taken).toBe(true);
    holds.letGo('one');
    expect(await sent).toEqual({});
    expect(holds.isLetGo('7')).toBe(true);
    expect(gone).toEqual([]);
  });

  test('is taken once, however often that is asked', async () => {
    void holds.hold(observed(), URL_OF_IT);
    const taken = [holds.take('one'), holds.take('one')];
    void headersGo();
    expect(await Promise.all(taken)).toEqual([true, true]);
    expect(await holds.take('one')).toBe(true);
  });

  test.each([
    [
      'its tab begins to load another document',
      () => firefox.events.navigates.fire({ tabId: 1, frameId: 0, timeStamp: 2 }),
    ],
    [
      'its tab was stopped',
      async () => {
        firefox.tabs.set(1, { status: 'complete' });
        firefox.events.updated.fire(1, { status: 'complete' });
        await vi.advanceTimersByTimeAsync(250);
      },
    ],
  ])('is gone when %s', async (_, leave) => {
    const held = holds.hold(observed(), URL_OF_IT);
    await leave();
    expect(gone).toEqual(['one']);
    expect(await held).toEqual({});
  });

  test.each([
    [
      'the navigation that asked for it is reported late',
      () => firefox.events.navigates.fire({ tabId: 1, frameId: 0, timeStamp: 0 }),
    ],
    [
      'another tab loads a document',
      () => firefox.events.navigates.fire({ tabId: 2, frameId: 0, timeStamp: 2 }),
    ],
    [
      'its tab was complete for a moment only',
      async () => {
        firefox.tabs.set(1, { status: 'loading' });
        firefox.events.updated.fire(1, { status: 'complete' });
        await vi.advanceTimersByTimeAsync(250);
      },
    ],
    ['another request fails', () => fails('8')],
  ])('stays when %s', async (_, other) => {
    void holds.hold(observed(), URL_OF_IT);
    await other();
    expect(gone).toEqual([]);
    expect(holds.has('one')).toBe(true);
  });

  test('has the browser listened to for as long as it is held', () => {
    const listening = () => Object.values(firefox.events).map(({ listeners }) => listeners.size);
    const before = listening();
    void holds.hold(observed(), URL_OF_IT);
    expect(firefox.events.beforeSendHeaders.listeners.size).toBe(1);
    expect(vi.getTimerCount()).toBe(1);
    holds.letGo('one');
    expect(listening()).toEqual(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test.each<[string, Partial<Challenge>, Partial<ObservedRequest>, boolean]>([
  ['a document', {}, {}, true],
  ['an image', { kind: 'image', documentId: 'document' }, {}, true],
  ['a worker', { kind: 'xmlhttprequest', documentId: null }, {}, true],
  [
    'a script whose response no script may see',
    { kind: 'xmlhttprequest', documentId: 'document' },
    { trait: 'unseen' },
    true,
  ],
  [
    'a script whose URL no fragment reaches',
    { kind: 'xmlhttprequest', documentId: 'document' },
    { route: null },
    true,
  ],
  [
    'a script of a document, which holds it itself',
    { kind: 'xmlhttprequest', documentId: 'document' },
    {},
    false,
  ],
  [
    'a document that came through its site’s worker',
    { kind: 'xmlhttprequest' },
    { trait: 'navigation' },
    false,
  ],
])('whether the browser holds the response to %s', (_, challenge, more, isHeld) => {
  expect(holds.mayHold(observed(challenge, more))).toBe(isHeld);
});
