import { expect, test } from 'vitest';
import { paidWith } from '../devtools/story.fixture.ts';
import { isSentAgain, markSentAgain, shownStatusOf } from './sent-again.ts';

test('a proof that is sent again is shown as on its way instead of refused, until something comes of it', () => {
  const refused = paidWith({ delivered: 1, refused: 2 });
  const other = { ...refused, id: 'other' };
  expect(shownStatusOf(refused).key).toBe('popup_state_refused');
  markSentAgain(refused);
  expect(isSentAgain(refused)).toBe(true);
  expect(shownStatusOf(refused)).toEqual({ key: 'popup_delivered', tone: 'busy' });
  expect(shownStatusOf(other).key).toBe('popup_state_refused');
  const again = { ...refused, story: [...refused.story, { state: 'delivered', at: 3 } as const] };
  expect(shownStatusOf(again).key).toBe('popup_state_refused');
});
