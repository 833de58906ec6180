import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PocketBed } from './pocket-bed.ts';
import type { TestBed } from './setup.ts';
import { workerOf } from './worker-clock.ts';

const MINUTE = 60_000;

/** An event as Chromium has it: its listeners can be called by hand. */
type Dispatchable = typeof chrome.alarms.onAlarm & { dispatch?: (alarm: { name: string }) => void };

let bed: PocketBed;
let testBed: TestBed;

beforeAll(async () => {
  bed = await PocketBed.open('10C60'.padEnd(64, '0'), 'a password of this test alone 5');
  testBed = bed.testBed;
});
afterAll(() => testBed?.close());
beforeEach(() => bed.begin());
afterEach(() => bed.end());

/**
 * Lets time pass for what is unlocked: its deadlines come nearer. The clock itself stays, since the browser dates the answers
 * of servers by its own.
 */
async function pass(minutes: number): Promise<void> {
  await (await workerOf(testBed.purse)).evaluate(async (ms) => {
    const kept: Record<string, { deadline: number }> = await chrome.storage.session.get(['vault', 'pocket']);
    for (const session of Object.values(kept)) session.deadline -= ms;
    await chrome.storage.session.set(kept);
  }, minutes * MINUTE);
  await tend();
}

/** Has the alarm for maintenance fire. */
async function tend(): Promise<void> {
  await (await workerOf(testBed.purse)).evaluate(() => {
    const event: Dispatchable = chrome.alarms.onAlarm;
    if (event.dispatch === undefined) throw new Error('this browser dispatches no events by hand');
    event.dispatch({ name: 'tend' });
  });
}

/** The keys that the session of the browser holds after maintenance: of the vault, and of the pocket. */
const openAfterTending = async () => {
  await tend();
  return openUntilNow();
};

/** The keys that the session of the browser holds: of the vault, and of the pocket. */
const openUntilNow = async () =>
  (await workerOf(testBed.purse)).evaluate(async () =>
    Object.keys(await chrome.storage.session.get(['vault', 'pocket'])),
  );

test('budgets go on paying for an hour after the purse has locked itself, and stop at Lock everything', async () => {
  const { purse } = testBed;
  expect(await openUntilNow()).toEqual(['pocket', 'vault']);
  await pass(31);
  await expect.poll(openAfterTending).toEqual(['pocket']);
  expect(await purse.ask('purse.state', {})).toMatchObject({
    kind: 'locked',
    pocket: { balance: expect.any(String) },
  });

  const [savings, pocket] = [bed.balanceOf(bed.savings), bed.pocketBalance()];
  const mark = testBed.merchant.books().payments.length;
  for (const minutes of [0, 14, 16, 29]) {
    await pass(minutes);
    expect(await bed.get()).toBe(200);
  }
  const paid = testBed.merchant.books().payments.slice(mark);
  expect(paid).toHaveLength(4);
  expect(bed.pocketBalance()).toBe(paid.reduce((left, { amountRaw }) => left - BigInt(amountRaw), pocket));
  expect(bed.balanceOf(bed.savings)).toBe(savings);
  expect(await purse.ask('approval.waiting', {})).toEqual([]);

  await purse.ask('vault.lockEverything', {});
  await bed.expectAsked();
});

test('the pocket closes by itself twelve hours after the unlocking, however much it was used', async () => {
  const { purse } = testBed;
  await pass(11 * 60);
  await expect.poll(openAfterTending).toEqual(['pocket']);
  expect(await bed.get()).toBe(200);
  await pass(59);
  expect(await bed.get()).toBe(200);
  await expect.poll(openAfterTending).toEqual(['pocket']);
  await pass(2);
  await expect.poll(openAfterTending).toEqual([]);
  expect(await purse.ask('purse.state', {})).toMatchObject({ kind: 'locked', pocket: null });
  await bed.expectAsked();
});
