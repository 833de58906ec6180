import * as v from 'valibot';
import { Fault } from '../fault.ts';
import type { NanoAddress } from './account.ts';
import type { Raw } from './amount.ts';
import { BlockHashText } from './block.ts';
import type { NetworkProfile } from './network.ts';
import type { EndpointOptions } from './node-endpoint.ts';
import { NodeRpc } from './node-rpc.ts';

const Given = v.object({ hash: BlockHashText });

/**
 * Asks a test network's node for money (`devnet_faucet` of `npm run devnet`); it arrives like any other send.
 *
 * @throws Fault `fault_realMoney` for a network whose money is real: no such node is ever asked; `fault_noFaucet` with
 * the node's words; and those of NodeRpc
 */
export async function askFaucet(
  { rpcUrls, testMoney }: NetworkProfile,
  { to, amount }: { readonly to: NanoAddress; readonly amount: Raw },
  options: EndpointOptions,
): Promise<void> {
  if (!testMoney) throw new Fault('fault_realMoney');
  const request = { action: 'devnet_faucet', account: to, amount: amount.toString() };
  const answer = await NodeRpc.over({ rpcUrls, ...options }).ask(request, Given);
  if (answer.kind === 'refusal') throw new Fault('fault_noFaucet', [answer.text]);
}
