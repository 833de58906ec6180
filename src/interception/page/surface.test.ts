import { expect, test } from 'vitest';
import { type Challenge, isHeld, requestKinds } from '../challenge.ts';
import type { ObservedRequest } from '../observed-request.ts';
import { preparationOf, retryMeansOf } from './surface.ts';

function observed(kind: Challenge['kind'], more: Partial<Challenge & ObservedRequest> = {}): ObservedRequest {
  const { trait, route = 'same', ...challenge } = more;
  return {
    challenge: {
      id: 'challenge',
      requestId: '1',
      tabId: 1,
      frameId: 0,
      documentId: 'document',
      initiator: 'https://page.example',
      topOrigin: 'https://page.example',
      isPrivate: false,
      method: 'GET',
      url: 'https://shop.example/',
      kind,
      header: 'offer',
      seenAt: 0,
      ...challenge,
    },
    ...(trait !== undefined && { trait }),
    asked: { url: 'https://shop.example/', method: 'GET' },
    parentFrameId: -1,
    route,
  };
}

test('each kind of request has its preparation', () => {
  expect(Object.fromEntries(requestKinds.map((kind) => [kind, preparationOf(observed(kind))]))).toEqual({
    main_frame: 'document',
    sub_frame: 'document',
    xmlhttprequest: 'hold',
    image: 'element',
    media: 'element',
    object: 'element',
    stylesheet: 'element',
    other: 'element',
    script: 'reload',
    font: 'reload',
  });
});

test.each([
  ['a form that answers as a document', observed('main_frame', { method: 'POST' }), 'form'],
  ['a form in a frame', observed('sub_frame', { method: 'POST' }), 'document'],
  [
    'a document that came through a service worker',
    observed('xmlhttprequest', { trait: 'navigation' }),
    'past-worker',
  ],
  ['a response that no script may read', observed('xmlhttprequest', { trait: 'unseen' }), 'reload'],
  ['an EventSource', observed('xmlhttprequest', { trait: 'stream' }), 'reload'],
  ['a request that no fragment reaches', observed('xmlhttprequest', { route: null }), 'reload-unheld'],
  ['a route that is null for an element', observed('image', { route: null }), 'element'],
] as const)('%s takes its own road', (_, request, road) => {
  expect(preparationOf(request)).toBe(road);
});

test('what waits for a load of its page is made again by that page, whatever its kind', () => {
  for (const kind of requestKinds) expect(retryMeansOf({ kind, userPart: 'load' })).toBe('page');
  expect(retryMeansOf({ kind: 'main_frame', userPart: 'confirm' })).toBe('tab');
});

test('only a script’s request that does not wait for a load of its page is held', () => {
  const held = requestKinds.filter((kind) => isHeld(observed(kind).challenge));
  expect(held).toEqual(['xmlhttprequest']);
  expect(isHeld(observed('xmlhttprequest', { userPart: 'load' }).challenge)).toBe(false);
});
