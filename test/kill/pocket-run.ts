import assert from 'node:assert/strict';
import { COUNT, KillPocket, SHARE } from './pocket.ts';
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

export const MOVE_CASES: readonly MoveCase[] = MOVES.flatMap((move) =>
  MOVE_POINTS.flatMap((point) =>
    (['before', 'after'] as const).map((when) => ({ move, stop: { point, when } })),
  ),
);

/** Kills the worker once during a move, and checks that the move is made in full, once, and no raw is lost. */
export async function runMoveCase(testBed: KillTestBed, { move, stop }: MoveCase): Promise<void> {
  const { purse, worker, ownPage } = testBed;
  await purse.ask('purse.touch', {});
  const pocket = new KillPocket(testBed);
  const sends = () => pocket.blocks().filter(({ subtype }) => subtype === 'send').length;
  const total = pocket.balances().reduce((sum, balance) => sum + balance, 0n);
  const empty = [total, ...Array(COUNT).fill(0n)];
  const full = [total - SHARE * BigInt(COUNT), ...Array(COUNT).fill(SHARE)];

  const [before, after] = move === 'refill' ? [empty, full] : [full, empty];
  await pocket.layOut(move === 'gather');
  await pocket.isAt(before);
  const sentBefore = sends();
  const reached = await worker.follow({ url: '', inPrivate: false, stops: [stop] });
  void pocket.layOut(move === 'refill').catch(() => undefined);
  try {
    await reached();
  } finally {
    await worker.kill(ownPage);
  }
  await purse.ask('purse.state', {});
  // The limit of a day is for what the user did not ask for.
  await purse.ask('purse.refillPocket', {});
  await pocket.isAt(after);
  assert.equal(sends() - sentBefore, COUNT, 'one send for each account');
  await pocket.layOut(false);
  await pocket.isAt(empty);
}
