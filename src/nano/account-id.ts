/** CAIP-10 account ids: network and account in one string, `nano:mainnet:nano%5F3…`. chainagnostic.org, CAIP-10. */
import { Fault } from '../fault.ts';
import { type NanoAddress, parseAddress } from './account.ts';

interface AccountId {
  /** CAIP-2 id. */
  readonly network: string;
  readonly account: NanoAddress;
}

/** Writes an account id. CAIP-10 allows no underscore, so the one in the address is percent-encoded. */
export const formatAccountId = ({ network, account }: AccountId): string =>
  `${network}:${account.replace('_', '%5F')}`;

/** Reads an account id whose address starts with `nano_` or `xrb_`. @throws Fault `fault_badAddress` */
export function parseAccountId(text: string): AccountId {
  const [, network, account] = /^([-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}):([^:]+)$/.exec(text) ?? [];
  if (network === undefined || account === undefined) throw new Fault('fault_badAddress');
  return { network, account: parseAddress(account.replace(/%5f/i, '_')) };
}
