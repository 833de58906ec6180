import type { NextPaymentView } from '../../messages/work.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import type { Wallet } from '../../wallet/wallet.ts';
import { parseThreshold, type Threshold } from '../../work/difficulty.ts';
import type { SearchTime } from '../../work/engine-speed.ts';

/** What the time until the next payment depends on. */
export interface Funds extends Pick<Wallet, 'balance' | 'incoming'> {
  /** Whether the work of the account's next block is found: of an empty one that is the block that receives. */
  readonly isReady: boolean;
  readonly thresholds: NetworkProfile['thresholds'];
}

/**
 * How long the next payment still needs. Money that is yet to be received takes a block of its own, with work of its own.
 *
 * @param searchTime as `CheckedEngines.searchTime`
 */
export async function nextPaymentView(
  { balance, incoming, isReady, thresholds }: Funds,
  searchTime: (threshold: Threshold) => Promise<SearchTime | null>,
): Promise<NextPaymentView> {
  // Until a node was asked, nothing says that there is no money.
  if (balance === null) return { state: 'preparing', meanMs: null };
  const isEmpty = balance === 0n;
  if (isReady && !isEmpty) return { state: 'ready', meanMs: 0 };
  const searches = isEmpty && !isReady ? [thresholds.receive, thresholds.send] : [thresholds.send];
  const times = await Promise.all(searches.map((threshold) => searchTime(parseThreshold(threshold))));
  const known = times.filter((time) => time !== null);
  return {
    state: isEmpty && incoming === 0n ? 'unfunded' : 'preparing',
    meanMs: known.length < times.length ? null : known.reduce((sum, { mean }) => sum + mean, 0),
  };
}
