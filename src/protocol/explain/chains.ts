import { cleanText } from '../wire/clean-text.ts';
import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';
import { type Finding, finding } from './finding.ts';

const MOST_NAME = 64;

/** The chains that x402 servers name: by their CAIP-2 id in version 2, by a name of their own in version 1. */
const CHAINS: ReadonlyMap<string, string> = new Map([
  ['eip155:1', 'Ethereum'],
  ['eip155:10', 'Optimism'],
  ['eip155:56', 'BNB Smart Chain'],
  ['eip155:100', 'Gnosis'],
  ['eip155:137', 'Polygon'],
  ['eip155:1328', 'Sei (test)'],
  ['eip155:1329', 'Sei'],
  ['eip155:4689', 'IoTeX'],
  ['eip155:8453', 'Base'],
  ['eip155:42161', 'Arbitrum One'],
  ['eip155:43113', 'Avalanche Fuji (test)'],
  ['eip155:43114', 'Avalanche'],
  ['eip155:80002', 'Polygon Amoy (test)'],
  ['eip155:84532', 'Base Sepolia (test)'],
  ['eip155:11155111', 'Ethereum Sepolia (test)'],
  ['solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', 'Solana'],
  ['solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1', 'Solana (devnet)'],
  ['bip122:000000000019d6689c085ae165831e93', 'Bitcoin'],
  ['ethereum', 'Ethereum'],
  ['base', 'Base'],
  ['base-sepolia', 'Base Sepolia (test)'],
  ['polygon', 'Polygon'],
  ['polygon-amoy', 'Polygon Amoy (test)'],
  ['avalanche', 'Avalanche'],
  ['avalanche-fuji', 'Avalanche Fuji (test)'],
  ['sei', 'Sei'],
  ['sei-testnet', 'Sei (test)'],
  ['iotex', 'IoTeX'],
  ['solana', 'Solana'],
  ['solana-devnet', 'Solana (devnet)'],
  ['nano:live', 'Nano'],
  ['nano:testnet', 'Nano (test)'],
  ['nano-mainnet', 'Nano'],
]);

/** What the chains of a CAIP-2 namespace have in common, for those without a name here. */
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['eip155', 'EVM'],
  ['solana', 'Solana'],
  ['bip122', 'Bitcoin'],
]);

/** The coins that servers name by the address of their contract alone, in lower case. */
const COINS: ReadonlyMap<string, string> = new Map([
  ['0x833589fcd6edb88e08f4c7c32d4f71b54bda02913', 'USDC'],
  ['0x036cbd53842c5426634e7929541ec2318f3dcf7e', 'USDC'],
  ['0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48', 'USDC'],
  ['epjfwdd5aufqssqem2qn1xzybapc8g4weggkzwytdt1v', 'USDC'],
]);

/** The ids by which rival drafts call Nano's networks (docs/WIRE.md §3.10, rule 1). */
export const OF_RIVALS: ReadonlySet<string> = new Set(['nano:live', 'nano:testnet', 'nano-mainnet']);

/** Says of an entry for another network which chain and coin it wants, and by which scheme. */
export function otherChain(entry: JsonObject): readonly Finding[] {
  const network = ownText(entry, 'network') ?? '';
  if (OF_RIVALS.has(network)) return [finding('note', 'wire_nanoByOtherName', network)];
  const scheme = cleanText(ownText(entry, 'scheme') ?? '', MOST_NAME) || '?';
  return [finding('note', 'wire_otherChain', chainOf(network), coinOf(entry), scheme)];
}

/** “Base (eip155:8453)”, “EVM (eip155:999)”, or the id alone where neither chain nor namespace has a name here. */
export function chainOf(network: string): string {
  const id = cleanText(network, MOST_NAME);
  const name = CHAINS.get(network) ?? NAMESPACES.get(network.split(':', 1)[0] ?? '');
  return name === undefined || name.toLowerCase() === id ? (name ?? id) : `${name} (${id})`;
}

/** The coin's name in the entry, or that of its contract; else the contract itself, or “?”. */
function coinOf(entry: JsonObject): string {
  const extra = own(entry, 'extra');
  const asset = ownText(entry, 'asset') ?? '';
  const name = isObject(extra) ? ownText(extra, 'name') : undefined;
  return cleanText(COINS.get(asset.toLowerCase()) ?? name ?? asset, MOST_NAME) || '?';
}
