import { systemClock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { NodeClient } from '../nano/node-client.ts';

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
