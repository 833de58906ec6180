import { expect, test } from 'vitest';
import type { ExchangeView } from '../../messages/exchange.ts';
import { storyOf } from '../devtools/story.fixture.ts';
import { wayBackOf } from './way-back.ts';

const SHOP = 'https://shop.example';
const BLOG = 'https://blog.example';

/** A 402 of the shop that was left, with the given reason. */
const left = (
  key: 'refusal_DECLINED' | 'refusal_SITE_BLOCKED' | 'fault_cancelled',
  parts: Partial<ExchangeView> = {},
) => storyOf({ state: 'left', kind: 'main_frame', why: { key, args: [] }, ...parts });

test.each([
  ['declined', 'refusal_DECLINED'],
  ['cancelled', 'fault_cancelled'],
] as const)('a payment that was %s in the tab can be paid after all', (_, key) => {
  const exchange = left(key);
  expect(wayBackOf(SHOP, [exchange], [])).toEqual({ kind: 'declined', exchange });
});

test.each([
  ['its page has asked again', [left('refusal_DECLINED'), storyOf({ at: Number.MAX_SAFE_INTEGER })]],
  ['the tab shows another site', [left('refusal_DECLINED', { site: BLOG })]],
  ['it was a POST', [left('refusal_DECLINED', { method: 'POST' })]],
  ['nothing was declined', [storyOf()]],
])('no way back is shown where %s', (_, exchanges) => {
  expect(wayBackOf(SHOP, exchanges, [])).toBeNull();
});

test('a request of a page to another site is asked again by that page', () => {
  const exchange = left('refusal_DECLINED', { kind: 'image', askedBy: BLOG });
  expect(wayBackOf(BLOG, [exchange], [])).toEqual({ kind: 'declined', exchange });
  expect(wayBackOf(SHOP, [exchange], [])).toBeNull();
});

test('a site that is blocked can be unblocked, and its page asks again where it has asked in this tab', () => {
  const exchange = left('refusal_SITE_BLOCKED');
  expect(wayBackOf(SHOP, [], [SHOP])).toEqual({ kind: 'blocked', site: SHOP, exchange: null });
  expect(wayBackOf(SHOP, [exchange], [SHOP])).toEqual({ kind: 'blocked', site: SHOP, exchange });
  expect(wayBackOf(SHOP, [exchange], [])).toBeNull();
});
