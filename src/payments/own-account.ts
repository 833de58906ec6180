import { Fault } from '../fault.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { ChallengeHandlerPorts } from './challenge-handler-ports.ts';

/**
 * Whether an offer would pay an account of the wallet itself.
 *
 * @throws Fault `fault_locked`
 */
export async function isOwnAccount(
  ports: Pick<ChallengeHandlerPorts, 'accounts'>,
  { network, payTo }: Pick<Offer, 'network' | 'payTo'>,
): Promise<boolean> {
  const accounts = await ports.accounts(network);
  if (accounts === null) throw new Fault('fault_locked');
  return accounts.includes(payTo);
}
