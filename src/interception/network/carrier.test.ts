import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../challenge.ts';
import type { ObservedRequest } from '../observed-request.ts';
import { type Carrier, isStranger } from './carrier.ts';

const SHOP = 'https://shop.example:8443';

const observed = (parts: Partial<Challenge> = {}, parentDocumentId?: string): ObservedRequest => ({
  challenge: {
    id: 'challenge',
    requestId: '1',
    tabId: 1,
    frameId: 0,
    documentId: 'page',
    initiator: SHOP,
    topOrigin: SHOP,
    isPrivate: false,
    method: 'GET',
    url: `${SHOP}/thing`,
    kind: 'xmlhttprequest',
    header: '',
    seenAt: 0,
    ...parts,
  },
  asked: { url: `${SHOP}/thing`, method: 'GET' },
  parentFrameId: parentDocumentId === undefined ? -1 : 0,
  ...(parentDocumentId !== undefined && { parentDocumentId }),
  route: 'same',
});
const fetched = (parts: Partial<Carrier> = {}): Carrier => ({
  type: 'xmlhttprequest',
  initiator: SHOP,
  documentId: 'page',
  frameId: 0,
  parentFrameId: -1,
  ...parts,
});
const framed = (parts: Partial<Carrier> = {}): Carrier => ({
  type: 'sub_frame',
  initiator: SHOP,
  parentDocumentId: 'page',
  frameId: 5,
  parentFrameId: 0,
  ...parts,
});
const page = observed({ kind: 'main_frame', documentId: null, initiator: null });
const linked = observed({ kind: 'main_frame', documentId: null, initiator: 'https://search.example' });
const frame = observed(
  {
    kind: 'sub_frame',
    documentId: null,
    frameId: 5,
    initiator: 'https://page.example',
    ancestors: ['https://page.example'],
  },
  'page',
);
const tab = (initiator?: string): Carrier => ({
  type: 'main_frame',
  frameId: 0,
  parentFrameId: -1,
  ...(initiator !== undefined && { initiator }),
});

describe('a request that carries a proof is a stranger’s', () => {
  test.each<[string, ObservedRequest, Carrier]>([
    ['from another port of the same host', observed(), fetched({ initiator: 'https://shop.example' })],
    ['from a sub-host', observed(), fetched({ initiator: 'https://sub.shop.example:8443' })],
    ['from a document without an origin', observed(), fetched({ initiator: 'null' })],
    ['from another document of the same origin', observed(), fetched({ documentId: 'other' })],
    ['from a frame of the page', observed(), fetched({ frameId: 5, parentFrameId: 0 })],
    [
      'from a frame of a page that is loaded again',
      observed({ userPart: 'load' }),
      fetched({ frameId: 5, parentFrameId: 0 }),
    ],
    ['for a tab, started by another site', page, tab('https://evil.example')],
    ['for a tab, started by a document without an origin', page, tab('null')],
    ['for another frame', frame, framed({ frameId: 6 })],
    ['for a frame of another document', frame, framed({ parentDocumentId: 'other' })],
    ['for a frame, started by another site', frame, framed({ initiator: 'https://evil.example' })],
    [
      'of a worker of another origin',
      observed({ fromServiceWorker: true }),
      { ...fetched({ initiator: 'https://a.example' }), frameId: -1 },
    ],
  ])('%s', (_, paid, carrier) => {
    expect(isStranger(paid, carrier)).toBe(true);
  });

  test.each<[string, ObservedRequest, Carrier]>([
    ['the page’s own script', observed(), fetched()],
    [
      'the page’s own script after it was loaded again',
      observed({ userPart: 'load' }),
      fetched({ documentId: 'later' }),
    ],
    ['its user, for the tab', page, tab()],
    ['the page itself, for the tab', page, tab(SHOP)],
    ['who led there, for the tab', linked, tab('https://search.example')],
    ['its user, for the tab, where another site had led there', linked, tab()],
    ['the frame itself', frame, framed()],
    ['the page around the frame', frame, framed({ initiator: 'https://page.example' })],
    [
      'the worker of its page',
      observed({ fromServiceWorker: true }),
      { type: 'xmlhttprequest', initiator: SHOP, frameId: -1, parentFrameId: -1 },
    ],
  ])('no: of %s', (_, paid, carrier) => {
    expect(isStranger(paid, carrier)).toBe(false);
  });

  test('whatever the kind, when another site started it', () => {
    const kinds = fc.constantFrom<Challenge['kind']>(
      'main_frame',
      'sub_frame',
      'xmlhttprequest',
      'image',
      'media',
      'object',
      'stylesheet',
      'script',
      'font',
      'other',
    );
    const part = fc.constantFrom<Partial<Challenge>>({}, { userPart: 'load' }, { fromServiceWorker: true });
    fc.assert(
      fc.property(kinds, part, fc.nat(3), (kind, more, frameId) => {
        const carrier = fetched({ type: kind, initiator: 'https://evil.example', frameId });
        expect(isStranger(observed({ kind, frameId, ...more }), carrier)).toBe(true);
      }),
    );
  });
});
