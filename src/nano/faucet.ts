import * as v from 'valibot';
import { Fault } from '../fault.ts';
import type { NanoAddress } from './account.ts';
import type { Raw } from './amount.ts';
import { BlockHashText } from './block.ts';
import type { NetworkProfile } from './network.ts';
import type { EndpointOptions } from './node-endpoint.ts';
import { NodeRpc } from './node-rpc.ts';

const FaucetSend = v.object({ hash: BlockHashText });

/**
 * Asks the node of a test network for money (`devnet_faucet` of `npm run devnet`). The money arrives as a send.
 *
 * @throws Fault `fault_realMoney`, before any request, for a network with real money; `fault_noFaucet` with the node's
 * error text; and those of NodeRpc
 */
export async function askFaucet(
  { rpcUrls, testMoney }: NetworkProfile,
  { to, amount }: { readonly to: NanoAddress; readonly amount: Raw },
  options: EndpointOptions,
): Promise<void> {
  if (!testMoney) throw new Fault('fault_realMoney');
  const request = { action: 'devnet_faucet', account: to, amount: amount.toString() };
  const answer = await NodeRpc.over({ rpcUrls, ...options }).ask(request, FaucetSend);
  if (answer.kind === 'refusal') throw new Fault('fault_noFaucet', [answer.text]);
}
