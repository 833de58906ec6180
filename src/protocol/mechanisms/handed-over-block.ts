import { publicKeyOf } from '../../nano/account.ts';
import { type SignedBlock, ZERO_HASH } from '../../nano/block.ts';
import type { OfferTerms } from '../offer/terms.ts';
import { type JsonObject, ownText } from '../wire/json.ts';

/**
 * A signed send in the form for servers that publish it themselves: exactly these nine fields, since x402nano accepts no
 * others; previous, link and signature in the node's upper case, work in lower (docs/WIRE.md §4.9). Servers compare
 * `link_as_account` with payTo as text, the network reads `link` alone: both name the payee, the first as the server
 * spells it (docs/WIRE.md §3.9).
 *
 * @throws RangeError for a block that is no send to the offer's payee
 */
export function handedOverBlock({ payTo, accepted }: OfferTerms, block: SignedBlock): JsonObject {
  const { account, previous, representative, balance, link, work, signature } = block;
  if (previous === ZERO_HASH || link !== publicKeyOf(payTo)) {
    throw new RangeError('the block does not pay the payee of the offer');
  }
  return {
    type: 'state',
    account,
    previous,
    representative,
    balance: balance.toString(),
    link,
    link_as_account: ownText(accepted, 'payTo') ?? payTo,
    work,
    signature,
  };
}
