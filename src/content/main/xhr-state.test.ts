import { expect, test } from 'vitest';
import {
  DONE,
  type EventFacts,
  OPENED,
  type Reaction,
  reactionTo,
  requestOf,
  type XhrState,
} from './xhr-state.ts';

const facts = (
  more: Partial<EventFacts> & { readonly price?: boolean; readonly code?: number },
): EventFacts => ({
  type: 'readystatechange',
  readyState: 2,
  isConcealed: false,
  isPriced: () => more.price ?? false,
  status: () => more.code ?? 200,
  ...more,
});

const unpriced = { price: false, code: 200 };
const priced = { price: true, code: 402 };
const failed = { type: 'loadend', readyState: DONE, code: 0 };

test.each<[string, XhrState['phase'], EventFacts, Reaction]>([
  ['a priced response of a sent request is concealed', 'sent', facts(priced), 'conceal'],
  [
    'the end of a priced response is concealed',
    'sent',
    facts({ ...priced, type: 'loadend', readyState: DONE }),
    'conceal',
  ],
  ['the start of a sent request is passed on', 'sent', facts({ ...priced, type: 'loadstart' }), 'pass'],
  ['an unpriced response is passed on', 'sent', facts(unpriced), 'pass'],
  ['the failure of a sent request ends it', 'sent', facts(failed), 'end'],
  [
    'the failure of a concealed response ends the request',
    'sent',
    facts({ ...failed, isConcealed: true }),
    'end',
  ],
  [
    'a failure while the next request is under way is passed on',
    'sent',
    facts({ ...failed, readyState: OPENED }),
    'pass',
  ],
  [
    'another response after a concealed one is shown',
    'sent',
    facts({ ...unpriced, isConcealed: true }),
    'reveal',
  ],
  ['the start of a repeated request is never shown', 'repeated', facts({ type: 'loadstart' }), 'swallow'],
  ['the opening of a repeated request is never shown', 'repeated', facts({ readyState: OPENED }), 'swallow'],
  ['the response of a repeated request is passed on', 'repeated', facts(priced), 'pass'],
  ['a refusal of the proof that may be replaced is concealed', 'repeated', facts({ code: 410 }), 'conceal'],
  ['any other refusal of the proof is passed on', 'repeated', facts({ code: 409 }), 'pass'],
  [
    'a refusal of the proof that breaks off is shown',
    'repeated',
    facts({ ...failed, isConcealed: true }),
    'reveal',
  ],
  ['the failure of a repeated request is passed on', 'repeated', facts(failed), 'pass'],
  ['an event of an opened request is passed on', 'opened', facts({ readyState: OPENED }), 'pass'],
  ['an event of a held request is passed on', 'held', facts(priced), 'pass'],
  ['an event of a settled request is passed on', 'settled', facts(priced), 'pass'],
])('%s', (_, phase, event, reaction) => {
  expect(reactionTo(phase, event)).toBe(reaction);
});

test('only an asynchronous request is ever held', () => {
  const phaseOf = (...opened: readonly unknown[]) => requestOf(opened, 'https://page.example/').state.phase;
  expect(phaseOf('GET', '/')).toBe('opened');
  expect(phaseOf('GET', '/', true)).toBe('opened');
  expect(phaseOf('GET', '/', false)).toBe('settled');
});
