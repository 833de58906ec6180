import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { readAddress } from '../devnet/address.ts';
import type { Entry } from '../devnet/ledger.ts';
import { XNO } from '../e2e/setup.ts';
import type { KillTestBed } from './setup.ts';
import type { Stop } from './worker.ts';

/** A move of money between savings and the pocket. */
export const MOVES = ['refill', 'gather'] as const;
export type Move = (typeof MOVES)[number];

/** The points of a move: both blocks are written before they leave. */
export const MOVE_POINTS = ['write send', 'publish block', 'write receive', 'publish receive'] as const;

/** One kill of the worker during a move. */
export interface MoveCase {
  readonly move: Move;
  readonly stop: Stop;
}

/** The pocket's accounts, and what each holds when it is full (raw). */
const COUNT = 2;
const SHARE = XNO;
/** How long a state may take, and how often it is checked (ms). */
const PATIENCE = 60_000;
const LOOK_EVERY = 50;

export const MOVE_CASES: readonly MoveCase[] = MOVES.flatMap((move) =>
  MOVE_POINTS.flatMap((point) =>
    (['before', 'after'] as const).map((when) => ({ move, stop: { point, when } })),
  ),
);

/** Kills the worker once during a move, and checks that the move is made in full, once, and no raw is lost. */
export async function runMoveCase(testBed: KillTestBed, { move, stop }: MoveCase): Promise<void> {
  const { purse, worker, ownPage } = testBed;
  await purse.ask('purse.touch', {});
  const accounts = testBed.accounts.slice(0, COUNT + 1);
  const chainOf = (address: string): readonly Entry[] => {
    const key = readAddress(address);
    assert(key, 'an own account has an address');
    return testBed.devnet.ledger.chain(key);
  };
  const balances = () => accounts.map((account) => chainOf(account).at(-1)?.block.balance ?? 0n);
  const sends = () => accounts.flatMap(chainOf).filter(({ subtype }) => subtype === 'send').length;
  const total = balances().reduce((sum, balance) => sum + balance, 0n);
  const empty = [total, ...Array(COUNT).fill(0n)];
  const full = [total - SHARE * BigInt(COUNT), ...Array(COUNT).fill(SHARE)];
  const layOut = (isOn: boolean) =>
    purse.ask('settings.pocket', { accounts: isOn ? COUNT + 1 : 1, each: String(isOn ? SHARE : 0n) });
  const isAt = async (expected: readonly bigint[]) => {
    const deadline = Date.now() + PATIENCE;
    while (String(balances()) !== String(expected)) {
      assert(Date.now() < deadline, `the accounts have ${balances()}, not ${expected}`);
      await pause(LOOK_EVERY);
    }
  };

  const [before, after] = move === 'refill' ? [empty, full] : [full, empty];
  await layOut(move === 'gather');
  await isAt(before);
  const sentBefore = sends();
  const reached = await worker.follow({ url: '', inPrivate: false, stops: [stop] });
  void layOut(move === 'refill').catch(() => undefined);
  try {
    await reached();
  } finally {
    await worker.kill(ownPage);
  }
  await purse.ask('purse.state', {});
  // The limit of a day is for what the user did not ask for.
  await purse.ask('purse.refillPocket', {});
  await isAt(after);
  assert.equal(sends() - sentBefore, COUNT, 'one send for each account');
  await layOut(false);
  await isAt(empty);
}
