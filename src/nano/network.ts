/** Profiles of Nano networks. docs/WIRE.md §6: thresholds, ports and public proxies. */
import * as v from 'valibot';
import { AddressText, type NanoAddress, parseAddress } from './account.ts';
import { MAX_RAW, MAX_SUPPLY, type Raw } from './amount.ts';
import type { Subtype } from './block.ts';

export interface NetworkProfile {
  /** CAIP-2, as offers name it: `nano:mainnet`. */
  readonly id: string;
  readonly label: string;
  /** URLs of the nodes' RPC, in order of preference. */
  readonly rpcUrls: readonly string[];
  /** URL of a node's WebSocket for confirmations; null to poll only. */
  readonly wsUrl: string | null;
  /** URLs of further WebSockets, which are tried in turn when the one in use fails; absent where there is none. */
  readonly otherWsUrls?: readonly string[];
  /** Minimal difficulty, 16 hex digits in lower case: `send` for send and change, `receive` for receive and open. */
  readonly thresholds: { readonly send: string; readonly receive: string };
  /** Whether the money of this network has no value. The pages must say so. */
  readonly testMoney: boolean;
  /** The representative of an account that has chosen none. */
  readonly representative: NanoAddress;
  /** URL prefix of a block explorer: the block's hash is appended. Null where there is none. */
  readonly explorerUrl: string | null;
}

const MOST_NODES = 16;
const threshold = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{16}$/), v.toLowerCase());

const url = (...protocols: readonly string[]) =>
  v.pipe(
    v.string(),
    v.maxLength(512),
    v.check((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), 'not such a URL'),
    v.check((text) => URL.canParse(text) && new URL(text).username === '', 'no user name in a URL'),
  );

/** Schema of a network profile as settings and stores write it. The CAIP-2 id may have any namespace. */
export const NetworkProfileText = v.pipe(
  v.strictObject({
    id: v.pipe(v.string(), v.regex(/^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/)),
    label: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64)),
    rpcUrls: v.pipe(v.array(url('https:', 'http:')), v.minLength(1), v.maxLength(MOST_NODES)),
    wsUrl: v.nullable(url('wss:', 'ws:')),
    otherWsUrls: v.exactOptional(v.pipe(v.array(url('wss:', 'ws:')), v.maxLength(MOST_NODES))),
    thresholds: v.strictObject({ send: threshold, receive: threshold }),
    testMoney: v.boolean(),
    representative: AddressText,
    explorerUrl: v.nullable(url('https:', 'http:')),
  }),
  v.transform((profile): NetworkProfile => profile),
);

/** The live network, where the money is real. */
export const MAINNET: NetworkProfile = {
  id: 'nano:mainnet',
  label: 'Nano',
  rpcUrls: [
    'https://rainstorm.city/api',
    'https://nanoslo.0x.no/proxy',
    'https://node.somenano.com/proxy',
    'https://node.spynano.org/proxy',
  ],
  wsUrl: 'wss://rainstorm.city/websocket',
  otherWsUrls: ['wss://nanoslo.0x.no/websocket', 'wss://node.somenano.com/websocket'],
  thresholds: { send: 'fffffff800000000', receive: 'fffffe0000000000' },
  testMoney: false,
  representative: parseAddress('nano_1center16ci77qw5w69ww8sy4i4bfmgfhr81ydzpurm91cauj11jn6y3uc5y'),
  explorerUrl: 'https://blocklattice.io/block/',
};

/** A private network on this machine, with the development constants of nano-node. */
export const DEVNET: NetworkProfile = {
  id: 'nano:devnet',
  label: 'Devnet',
  rpcUrls: ['http://127.0.0.1:45000'],
  wsUrl: 'ws://127.0.0.1:47000',
  thresholds: { send: 'ffc0000000000000', receive: 'f000000000000000' },
  testMoney: true,
  representative: parseAddress('nano_3e3j5tkog48pnny9dmfzj1r16pg8t1e76dz5tmac6iq689wyjfpiij4txtdo'),
  explorerUrl: null,
};

/** The most raw that an account can hold on a network: the total supply where the money is real. */
export const mostRawOn = ({ testMoney }: Pick<NetworkProfile, 'testMoney'>): Raw =>
  testMoney ? MAX_RAW : MAX_SUPPLY;

/** The minimal difficulty for a block: 16 hex digits. It is lower for receives than for sends and changes. */
export function thresholdFor({ thresholds }: NetworkProfile, subtype: Subtype): string {
  return subtype === 'receive' || subtype === 'open' ? thresholds.receive : thresholds.send;
}
