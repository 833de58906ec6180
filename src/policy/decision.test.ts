import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Challenge, starters, views } from '../interception/challenge.ts';
import { addressOf, type NanoAddress, type PublicKey } from '../nano/account.ts';
import { formatXno, parseXno, type Raw } from '../nano/amount.ts';
import {
  budgetOf,
  challengeOf,
  PAYEE,
  SHOP,
  sessionOffer,
  signatureOffer,
  signedBlockOffer,
} from '../payments/samples.fixture.ts';
import type { Site } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import { parseThreshold } from '../work/difficulty.ts';
import type { Allowance, Budget } from './budget.ts';
import { budgetHelps, type Circumstances, decide, priceOf } from './decision.ts';
import { EXPIRY_MARGIN, PUBLISHING_MARGIN, SIGNING_MARGIN } from './expiry-margins.ts';
import { calendarDay } from './spending-windows.ts';

const NOW = 1_900_000_000_000;
const budget = budgetOf({
  perPayment: 100n as Raw,
  perHour: 200n as Raw,
  perDay: 300n as Raw,
  perMonth: 400n as Raw,
  total: 500n as Raw,
  payTo: PAYEE,
});
/** Exactly one payment of 100 is left under every limit. */
const allowance: Allowance = {
  budget,
  spent: { perHour: 100n as Raw, perDay: 200n as Raw, perMonth: 300n as Raw, total: 400n as Raw },
  tagsToday: 0n as Raw,
  cap: { perDay: 600n as Raw, perMonth: 700n as Raw },
  spentByAll: { perDay: 500n as Raw, perMonth: 600n as Raw },
};
const withBudget = (parts: Partial<Budget>) => ({
  allowance: { ...allowance, budget: { ...budget, ...parts } },
});
const offer = sessionOffer(100n, { expiresAt: NOW + EXPIRY_MARGIN });
/** An offer that wants eight times the work of the live network. */
const harderWork = {
  ...signedBlockOffer(100n),
  expiresAt: NOW + EXPIRY_MARGIN,
  workThreshold: parseThreshold('ffffffff00000000'),
};
const signedBlock = { ...signedBlockOffer(100n), expiresAt: NOW + EXPIRY_MARGIN };
/** Circumstances under which the budget pays. */
const fine: Circumstances = {
  challenge: challengeOf({ url: `${SHOP}/article` }),
  offer,
  allowance,
  lastPrice: 100n as Raw,
  paidAt: null,
  isBlockOut: false,
  isOwed: false,
  hasPocket: true,
  undeliveredBefore: false,
  blocked: false,
  isAskerBlocked: false,
  paused: false,
  workTime: null,
  isPayeeUnopened: false,
  accounts: [STRANGER],
  now: NOW,
};
/** A request of a script of the site's own page. */
const byScript = (parts: Partial<Challenge>) =>
  challengeOf({ url: `${SHOP}/article`, kind: 'xmlhttprequest', initiator: SHOP, ...parts });
const decideWith = (parts: Partial<Circumstances>) => decide({ ...fine, ...parts });

test('a site is paid without asking within its budget', () => {
  expect(decide(fine)).toEqual({ kind: 'pay', budget });
});

describe('a site with several accounts', () => {
  /** The reasons of the questions at payments to these payees in turn, whose user answers each by a budget for any account. */
  function questionsAt(payees: readonly NanoAddress[]): readonly string[] {
    const reasons: string[] = [];
    let known: Budget | null = null;
    for (const payTo of payees) {
      const decision = decideWith({
        allowance: { ...allowance, budget: known },
        offer: { ...offer, payTo },
      });
      if (decision.kind === 'pay') continue;
      if (decision.kind !== 'ask') throw new Error('offers of this site are not refused');
      reasons.push(decision.reason);
      known = { ...budget, payTo, pinned: decision.reason !== 'reason_payeeChanged' };
    }
    return reasons;
  }
  const payee = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((key) => addressOf(Buffer.from(key).toString('hex').toUpperCase() as PublicKey));

  test.each([1, 20, 100, Number.POSITIVE_INFINITY])(
    '%s in number, is asked about at its first payment and at its second account, and never again',
    (size) => {
      const payees = fc
        .uniqueArray(payee, { minLength: Math.min(size, 100), maxLength: Math.min(size, 100) })
        .chain((pool) => fc.array(fc.constantFrom(...pool), { minLength: 100, maxLength: 100 }));
      fc.assert(
        fc.property(payees, (hundred) => {
          const isOne = new Set(hundred).size === 1;
          expect(questionsAt(hundred)).toEqual(['reason_newSite', ...(isOne ? [] : ['reason_payeeChanged'])]);
        }),
        { numRuns: 20 },
      );
    },
  );
});

test('a signed block is handed over without asking within a budget, where a pocket has accounts for it', () => {
  expect(decideWith({ offer: signedBlock })).toEqual({ kind: 'pay', budget });
});

test('a handed-over block that is out stops no payment of another mechanism', () => {
  expect(decideWith({ isBlockOut: true })).toEqual({ kind: 'pay', budget });
});

describe('the decision is to refuse', () => {
  test.each<[string, Partial<Circumstances>]>([
    ['refusal_SITE_BLOCKED', { blocked: true }],
    ['refusal_ASKER_BLOCKED', { isAskerBlocked: true }],
    ['refusal_EXPIRES_TOO_SOON', { now: NOW + 1 }],
  ])('%s', (key, parts) => {
    expect(decideWith(parts)).toEqual({ kind: 'refuse', key });
  });

  test('refusal_WORK_TAKES_TOO_LONG, with the seconds that are left and that the work needs', () => {
    const parts = { offer: harderWork, now: NOW - 60_000 };
    expect(decideWith({ ...parts, workTime: 60_000 }).kind).toBe('ask');
    expect(decideWith({ ...parts, workTime: 60_001 })).toEqual({
      kind: 'refuse',
      key: 'refusal_WORK_TAKES_TOO_LONG',
      args: ['60', '61'],
    });
  });
});

test('an offer of 30 s can be decided on for 20 s, signed for 21 s and published for 23 s', () => {
  const life = 30_000;
  expect([EXPIRY_MARGIN, SIGNING_MARGIN, PUBLISHING_MARGIN].map((margin) => life - margin)).toEqual([
    20_000, 21_000, 23_000,
  ]);
  const short = sessionOffer(100n, { expiresAt: NOW + life });
  expect(decideWith({ offer: short, now: NOW + 20_000 }).kind).toBe('pay');
  expect(decideWith({ offer: short, now: NOW + 20_001 }).kind).toBe('refuse');
});

test('a document whose page its user has to load again is paid without asking', () => {
  expect(decideWith({ challenge: challengeOf({ url: `${SHOP}/article`, userPart: 'load' }) }).kind).toBe(
    'pay',
  );
  expect(decideWith({ challenge: byScript({ userPart: 'confirm' }) }).kind).toBe('pay');
});

describe('the decision is to ask', () => {
  test.each<[string, Partial<Circumstances>]>([
    ['reason_newSite', { allowance: { ...allowance, budget: null } }],
    ['reason_undeliveredBefore', { undeliveredBefore: true }],
    ['reason_signedBlock', { offer: signedBlock, hasPocket: false }],
    ['reason_blockOut', { offer: signedBlock, isBlockOut: true }],
    ['reason_owed', { offer: signedBlock, isOwed: true }],
    ['reason_unknownTerms', { offer: { ...fine.offer, warnings: ['unknownTerms'] } }],
    ['reason_harderWork', { offer: harderWork }],
    ['reason_harderWork', { offer: harderWork, workTime: 0 }],
    ['reason_payeeUnopened', { isPayeeUnopened: true }],
    ['reason_newSite', { isPayeeUnopened: true, allowance: { ...allowance, budget: null } }],
    ['reason_paused', { paused: true }],
    ['reason_paused', withBudget({ paused: true })],
    ['reason_locked', { accounts: null }],
    ['reason_budgetEnded', withBudget({ period: { until: calendarDay(NOW), renews: 'never' } })],
    ['reason_payeeChanged', withBudget({ payTo: STRANGER })],
    ['reason_payeeChanged', { accounts: [STRANGER, PAYEE] }],
    ['reason_newSite', { accounts: [STRANGER, PAYEE], allowance: { ...allowance, budget: null } }],
    ['reason_ofWorker', { challenge: byScript({ fromServiceWorker: true }) }],
    ['reason_unheld', { challenge: byScript({ userPart: 'load' }) }],
    ['reason_crossSite', { challenge: byScript({ initiator: 'https://elsewhere.example' }) }],
    ['reason_privateWindow', { challenge: challengeOf({ url: `${SHOP}/article`, isPrivate: true }) }],
  ])('%s', (reason, parts) => {
    expect(decideWith(parts)).toEqual({ kind: 'ask', reason });
  });

  const xno = (raw: bigint) => formatXno(raw as Raw);
  test.each<[string, readonly string[], Partial<Circumstances>]>([
    ['reason_priceRise', [xno(99n), xno(100n)], { lastPrice: 99n as Raw }],
    ['reason_overPayment', [xno(99n), xno(100n)], withBudget({ perPayment: 99n as Raw })],
    ['reason_overHour', [xno(99n), xno(199n)], withBudget({ perHour: 199n as Raw })],
    ['reason_overDay', [xno(99n), xno(299n)], withBudget({ perDay: 299n as Raw })],
    ['reason_overMonth', [xno(99n), xno(399n)], withBudget({ perMonth: 399n as Raw })],
    ['reason_overTotal', [xno(99n), xno(499n)], withBudget({ total: 499n as Raw })],
    [
      'reason_overGlobalDay',
      [xno(99n), xno(599n)],
      { allowance: { ...allowance, cap: { perDay: 599n as Raw, perMonth: null } } },
    ],
    [
      'reason_overGlobalMonth',
      [xno(99n), xno(699n)],
      { allowance: { ...allowance, cap: { perDay: null, perMonth: 699n as Raw } } },
    ],
  ])('%s, with the numbers of it: %j', (reason, args, parts) => {
    expect(decideWith(parts)).toEqual({ kind: 'ask', reason, args });
  });

  test('reason_priceRise, with prices of six decimals where they are larger than that', () => {
    const dear = sessionOffer(parseXno('0.05000000000000000007'), { expiresAt: NOW + EXPIRY_MARGIN });
    expect(decideWith({ offer: dear, lastPrice: parseXno('0.01') })).toMatchObject({
      reason: 'reason_priceRise',
      args: ['0.01', '0.05'],
    });
  });

  test('with nothing left, where a limit was lowered below what was spent', () => {
    expect(decideWith(withBudget({ perDay: 150n as Raw }))).toMatchObject({ args: ['0', xno(150n)] });
  });
});

test('with any budget and history, a private window is never paid without asking', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          budget: fc.constantFrom(null, budget, { ...budget, paused: true, pinned: false, priceRise: 1000 }),
          lastPrice: fc.constantFrom(null, 1n as Raw, 100n as Raw),
          undeliveredBefore: fc.boolean(),
          blocked: fc.boolean(),
          paused: fc.boolean(),
          accounts: fc.constantFrom(null, [STRANGER], [PAYEE]),
        },
        { requiredKeys: ['budget'] },
      ),
      ({ budget, ...parts }) => {
        const challenge = challengeOf({ url: `${SHOP}/article`, isPrivate: true });
        // A condition that the wallet does not know stops every budget as well, and so does harder work.
        const offer = { ...fine.offer, warnings: ['unknownTerms' as const] };
        for (const never of [{ challenge }, { offer }, { offer: harderWork }]) {
          const decision = decideWith({ ...parts, ...never, allowance: { ...allowance, budget } });
          expect(decision.kind).not.toBe('pay');
        }
      },
    ),
  );
});

describe('a budget pays only for requests in which no other site takes part', () => {
  const other = 'https://elsewhere.example';
  const url = `${SHOP}/article`;
  test.each([
    { name: 'an address the user typed', parts: {}, kind: 'pay' },
    { name: 'a link of its own', parts: { initiator: SHOP }, kind: 'pay' },
    { name: 'a link from elsewhere', parts: { initiator: other }, kind: 'ask' },
    { name: 'a sandboxed page', parts: { initiator: 'null' }, kind: 'ask' },
    { name: 'an address that redirected here', parts: { redirectedBy: other }, kind: 'ask' },
    {
      name: 'a link of its own by way of elsewhere',
      parts: { initiator: SHOP, redirectedBy: other },
      kind: 'ask',
    },
    {
      name: 'a worker of its own, of no known page',
      parts: { kind: 'xmlhttprequest', initiator: SHOP, fromServiceWorker: true },
      kind: 'ask',
    },
    {
      name: 'its own script, through its worker',
      parts: { kind: 'xmlhttprequest', initiator: SHOP, fromServiceWorker: true, documentId: 'page' },
      kind: 'pay',
    },
    { name: 'its own script', parts: { kind: 'xmlhttprequest', initiator: SHOP }, kind: 'pay' },
    { name: 'a script that nobody started', parts: { kind: 'xmlhttprequest' }, kind: 'ask' },
    {
      name: 'its own frame',
      parts: { kind: 'sub_frame', initiator: SHOP, ancestors: [SHOP, SHOP] },
      kind: 'pay',
    },
    {
      name: 'its own frame in a frame of another site in its own page',
      parts: { kind: 'sub_frame', initiator: SHOP, ancestors: [SHOP, other, SHOP] },
      kind: 'ask',
    },
    {
      name: 'its own frame in a frame without an origin',
      parts: { kind: 'sub_frame', initiator: SHOP, ancestors: ['null', SHOP] },
      kind: 'ask',
    },
    {
      name: 'its own address before it was encrypted',
      parts: { redirectedBy: SHOP.replace('https', 'http') },
      kind: 'ask',
    },
    {
      name: 'its frame in another page',
      parts: { kind: 'sub_frame', initiator: SHOP, topOrigin: other },
      kind: 'ask',
    },
    {
      name: 'its picture in another page',
      parts: { kind: 'image', initiator: other, topOrigin: other },
      kind: 'ask',
    },
    { name: 'a page that has no origin', parts: { initiator: SHOP, topOrigin: null }, kind: 'ask' },
    {
      name: 'another scheme of the same host',
      parts: { kind: 'image', initiator: SHOP.replace('https', 'http') },
      kind: 'ask',
    },
  ] as const)('$name: $kind', ({ parts, kind }) => {
    expect(decideWith({ challenge: challengeOf({ url, ...parts }) }).kind).toBe(kind);
  });
});

describe('a budget pays for a document', () => {
  test.each<[string, Partial<Challenge>, number | null, string]>([
    ['that its user asked for and sees', {}, null, 'pay'],
    ['that its user asks for again', {}, NOW - 60_000, 'pay'],
    ['that the browser loads again', { startedBy: 'browser' }, null, 'reason_loadedAgain'],
    ['that the browser loads again, just paid', { startedBy: 'browser' }, NOW - 60_000, 'reason_justPaid'],
    ['that the page before it opens by itself', { startedBy: 'page' }, null, 'reason_startedByPage'],
    ['that its page opens again', { startedBy: 'page' }, NOW - 60_000, 'reason_justPaid'],
    ['that an extension opens', { startedBy: 'outside' }, null, 'reason_startedOutside'],
    ['in another than the last focused window', { view: 'beside' }, null, 'reason_notInFront'],
    ['in a tab behind another', { view: 'hidden' }, null, 'reason_notInFront'],
  ])('%s', (_, parts, paidAt, outcome) => {
    const decision = decideWith({ challenge: challengeOf({ url: `${SHOP}/article`, ...parts }), paidAt });
    expect('reason' in decision ? decision.reason : decision.kind).toBe(outcome);
  });

  test('only where it is known how and where it was opened', () => {
    const { startedBy: _, ...opened } = challengeOf({ url: `${SHOP}/article` });
    expect(decideWith({ challenge: opened })).toEqual({ kind: 'ask', reason: 'reason_startUnknown' });
    const { view: __, ...shown } = challengeOf({ url: `${SHOP}/article` });
    expect(decideWith({ challenge: shown })).toEqual({ kind: 'ask', reason: 'reason_notInFront' });
  });
});

describe('a budget pays for the requests of a page', () => {
  const part = { kind: 'image', initiator: SHOP } as const;
  const script = { kind: 'xmlhttprequest', initiator: SHOP } as const;
  test.each<[string, Partial<Challenge>, number | null, string]>([
    ['where the page is in another window', { ...part, view: 'beside' }, null, 'pay'],
    ['not where the page is hidden', { ...part, view: 'hidden' }, null, 'reason_notInView'],
    ['not by a script of a hidden page', { ...script, view: 'hidden' }, null, 'reason_notInView'],
    ['in a page loaded again, the first time', { ...part, startedBy: 'browser' }, null, 'pay'],
    ['in a page loaded again, not twice', { ...part, startedBy: 'browser' }, NOW - 1, 'reason_justPaid'],
    ['by a script of a page loaded again', { ...script, startedBy: 'browser' }, NOW - 1, 'pay'],
    ['again in a page that its user opened', part, NOW - 1, 'pay'],
  ])('%s', (_, parts, paidAt, outcome) => {
    const { startedBy = null, ...challenge } = { ...challengeOf({ url: `${SHOP}/article` }), ...parts };
    const started = 'startedBy' in parts && startedBy !== null ? { startedBy } : {};
    const decision = decideWith({ challenge: { ...challenge, ...started }, paidAt });
    expect('reason' in decision ? decision.reason : decision.kind).toBe(outcome);
  });

  test('only where the page is known to be in view', () => {
    const { view: _, ...challenge } = challengeOf({ url: `${SHOP}/article`, ...script });
    expect(decideWith({ challenge })).toEqual({ kind: 'ask', reason: 'reason_notInView' });
  });
});

test('a document is paid without asking only when its user started it and has it in front', () => {
  const parts = fc.record({
    startedBy: fc.constantFrom(...starters),
    view: fc.constantFrom(...views),
    initiator: fc.constantFrom(null, SHOP, 'https://elsewhere.example', 'null'),
    ancestors: fc.array(fc.constantFrom(SHOP, 'https://elsewhere.example', 'null'), { maxLength: 3 }),
    paidAt: fc.constantFrom(null, NOW - 1),
  });
  fc.assert(
    fc.property(parts, ({ paidAt, ...sensed }) => {
      const challenge = challengeOf({ url: `${SHOP}/article`, ...sensed });
      if (decideWith({ challenge, paidAt }).kind !== 'pay') return;
      expect(sensed).toMatchObject({ startedBy: 'user', view: 'front' });
      expect(new Set([sensed.initiator ?? SHOP, ...sensed.ancestors])).toEqual(new Set([SHOP]));
    }),
  );
});

describe('another site that the user allows may spend the budget', () => {
  const friend = 'https://friend.example' as Site;
  const url = `${SHOP}/article`;
  const decideFor = (parts: Partial<Challenge>) =>
    decideWith({ ...withBudget({ initiators: [friend] }), challenge: challengeOf({ url, ...parts }) });

  test.each([
    { name: 'a link', parts: { initiator: friend }, kind: 'pay' },
    { name: 'a picture', parts: { kind: 'image', initiator: friend, topOrigin: friend }, kind: 'pay' },
    {
      name: 'a script of the site in a frame',
      parts: { kind: 'xmlhttprequest', initiator: SHOP, topOrigin: friend },
      kind: 'pay',
    },
    {
      name: "a stranger's page with a frame of it",
      parts: { kind: 'image', initiator: friend, topOrigin: 'https://stranger.example' },
      kind: 'ask',
    },
    {
      name: "a stranger's frame in its page",
      parts: { kind: 'image', initiator: 'https://stranger.example', topOrigin: friend },
      kind: 'ask',
    },
    {
      name: 'a name that only ends like it',
      parts: { kind: 'image', initiator: 'https://not.friend.example', topOrigin: SHOP },
      kind: 'ask',
    },
    { name: 'a sandboxed page', parts: { kind: 'image', initiator: 'null', topOrigin: friend }, kind: 'ask' },
  ] as const)('$name: $kind', ({ parts, kind }) => {
    expect(decideFor(parts).kind).toBe(kind);
  });
});

test('an offer is paid until 10 seconds before its expiry, and not a millisecond later', () => {
  const { expiresAt } = offer;
  expect(decideWith({ now: expiresAt - 10_000 }).kind).toBe('pay');
  expect(decideWith({ now: expiresAt - 9_999 })).toEqual({
    kind: 'refuse',
    key: 'refusal_EXPIRES_TOO_SOON',
  });
});

describe('the payee', () => {
  test('may be any account while the budget has none', () => {
    expect(decideWith(withBudget({ payTo: null })).kind).toBe('pay');
  });

  test('may change where the user does not pin it', () => {
    expect(decideWith(withBudget({ payTo: STRANGER, pinned: false })).kind).toBe('pay');
  });
});

describe('a price may rise by the percentage of the budget', () => {
  const kindAt = (price: bigint, lastPrice: bigint, priceRise: number) => {
    const { allowance: unlimited } = withBudget({
      ...{ perPayment: null, perHour: null, perDay: null, perMonth: null, total: null },
      priceRise,
    });
    return decideWith({
      offer: sessionOffer(price, { expiresAt: NOW + EXPIRY_MARGIN }),
      allowance: { ...unlimited, cap: { perDay: null, perMonth: null } },
      lastPrice: lastPrice as Raw,
    }).kind;
  };

  test.each([0, 1, 7, 100, 1_000])('of %i, and not by one raw more', (priceRise) => {
    const limit = 1_000n + 10n * BigInt(priceRise);
    expect([kindAt(limit, 1_000n, priceRise), kindAt(limit + 1n, 1_000n, priceRise)]).toEqual(['pay', 'ask']);
  });

  test('for any prices', () => {
    const raw = fc.bigInt({ min: 0n, max: 2n ** 120n });
    fc.assert(
      fc.property(raw, raw, fc.nat(1_000), (last, price, priceRise) => {
        const isWithin = (price - last) * 100n <= last * BigInt(priceRise);
        expect(kindAt(price, last, priceRise)).toBe(isWithin ? 'pay' : 'ask');
      }),
    );
  });
});

test('a budget is only offered where it would pay the next payment', () => {
  const helped = ['reason_newSite', 'reason_overPayment', 'reason_overDay', 'reason_payeeChanged'] as const;
  const beyond = [
    'reason_blockOut',
    'reason_owed',
    'reason_signedBlock',
    'reason_privateWindow',
    'reason_ofWorker',
    'reason_unheld',
    'reason_crossSite',
    'reason_justPaid',
    'reason_loadedAgain',
    'reason_startedByPage',
    'reason_startedOutside',
    'reason_startUnknown',
    'reason_notInFront',
    'reason_notInView',
    'reason_overHour',
    'reason_overMonth',
    'reason_overTotal',
    'reason_overGlobalDay',
    'reason_overGlobalMonth',
  ] as const;
  expect(helped.filter(budgetHelps)).toEqual(helped);
  expect(beyond.filter(budgetHelps)).toEqual([]);
});

test('the price of a session is the amount without its tag, and of others the amount', () => {
  expect(priceOf(sessionOffer(107n, { resourceAmount: 100n as Raw, tagAmount: 7n as Raw }))).toBe(100n);
  expect(priceOf(signatureOffer(107n))).toBe(107n);
});
