import { systemClock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { NodeClient } from '../nano/node-client.ts';
import type { StoredSettings } from '../storage/settings.ts';

/** How long a node may take for one response before the next node is asked (ms). */
const NODE_TIMEOUT = 10_000;

/** A client of the nodes of a network. */
export const nodeOf = ({ rpcUrls }: Pick<NetworkProfile, 'rpcUrls'>): NodeClient =>
  NodeClient.at({
    rpcUrls,
    fetch: (...request) => fetch(...request),
    timeoutMs: NODE_TIMEOUT,
    now: systemClock.now,
  });

/** A client of the nodes of a network by its id; null for one that the user has removed. */
export async function nodeIn(
  settings: Pick<StoredSettings, 'networks'>,
  id: string,
): Promise<NodeClient | null> {
  const network = (await settings.networks()).find((one) => one.id === id);
  return network === undefined ? null : nodeOf(network);
}
