import { Fault } from '../../fault.ts';
import { request } from '../../messages/request.ts';
import type { SeedSource } from '../../nano/seed.ts';
import { addressByNanocurrencyWeb } from './second-address.ts';

/**
 * Makes sure that a second, independent library derives the same first account from a backup as the purse does. A fault
 * in either would send the user's money to an account that no other wallet finds. Both derive from the words
 * themselves, so the whole way from them to the address is compared.
 *
 * @throws Fault `fault_addressesDiffer`; `fault_badWords`, `fault_badSeed` for a backup that opens no seed
 */
export async function assertSameAddress(source: SeedSource): Promise<void> {
  const own = await ownAddress(source);
  const other = await addressByNanocurrencyWeb(source);
  if (own !== other) throw new Fault('fault_addressesDiffer');
}

/** Whether a backup belongs to the purse in this browser. */
export async function isOwn(source: SeedSource): Promise<boolean> {
  return (await previewOf(source)).own !== null;
}

const previewOf = (source: SeedSource) =>
  request('vault.preview', { text: source.kind === 'words' ? source.words : source.hex });

/** The first account as the background derives it. */
async function ownAddress(source: SeedSource): Promise<string | null> {
  const preview = await previewOf(source);
  if (preview.kind === 'seed') return preview.address;
  const isLegacy = source.kind === 'words' && source.reading === 'legacy';
  return isLegacy ? preview.legacyAddress : preview.bip44Address;
}
