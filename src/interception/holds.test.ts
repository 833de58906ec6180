import { expect, test } from 'vitest';
import { unansweredUntil } from './holds.ts';

const hold = { documentId: 'document', id: '1' };

test('a page waits a minute for an answer, or for as long as it has set for its request, if that is 5 s or more', () => {
  const seen = { seenAt: 5_000 };
  expect(unansweredUntil(seen, hold)).toBe(65_000);
  expect(unansweredUntil(seen, { ...hold, timesOutAt: 15_000 })).toBe(15_000);
  expect(unansweredUntil(seen, { ...hold, timesOutAt: 905_000 })).toBe(65_000);
  expect(unansweredUntil(seen, { ...hold, timesOutAt: 5_100 })).toBe(10_000);
});
