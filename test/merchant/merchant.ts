import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { validateHeaderValue } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patience } from './confirmation.ts';
import type { Encoding } from './envelope.ts';
import { Facilitator } from './facilitator.ts';
import type { FaultName } from './faults.ts';
import type { Flavour } from './flavour.ts';
import { controlRoutes, freeRoutes, MALFORMED } from './free-routes.ts';
import { HandedOverBlocks, type Published } from './handed-over-blocks.ts';
import { HashGate } from './hash-gate.ts';
import { signedBlock } from './mechanisms/exact.ts';
import type { MechanismName } from './mechanisms/mechanism.ts';
import { nanoSession } from './mechanisms/nano-session.ts';
import { nanoSignature } from './mechanisms/nano-signature.ts';
import { nymChallenge } from './mechanisms/nym-challenge.ts';
import { trackA } from './mechanisms/track-a.ts';
import { trackB } from './mechanisms/track-b.ts';
import { NanoNode } from './node.ts';
import { Paywall } from './paywall.ts';
import { Receiver } from './receiver.ts';
import { collectRecords, type MerchantRecords, RequestLog } from './records.ts';
import { answerBy } from './router.ts';
import { listen, shut } from './server.ts';
import { Sessions } from './sessions.ts';
import { SpentBlocks } from './spent.ts';
import { STYLE_PAGES, walletRoutes } from './style-routes.ts';
import type { Terms } from './terms.ts';

/** The Nano network a merchant takes money on. */
export interface MerchantNetwork {
  /** CAIP-2 id, as it stands in the offers. */
  readonly id: string;
  readonly rpcUrls: readonly string[];
  /** Work thresholds as 16 hex digits; a send's is the live network's unless told. */
  readonly thresholds: { readonly receive: string; readonly send?: string };
}

export interface MerchantOptions {
  readonly network: MerchantNetwork;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Where seed, sessions and spent blocks are kept; by default a temporary folder that goes when it closes. */
  readonly dataDir?: string;
  /** 64 hex digits; by default the one in the data folder, or a new one. */
  readonly seed?: string;
  /** What a visit costs unless its query says otherwise; 0.01 XNO by default. */
  readonly priceRaw?: bigint;
  readonly mechanisms?: readonly MechanismName[];
  readonly expirySeconds?: number;
  /** Whether answers are as specified or as the reference servers write them; as specified by default. */
  readonly flavour?: Flavour;
  /** The alphabet of the offers; x402's own by default, or the reference servers' in their flavour. */
  readonly encoding?: Encoding;
  /** How long to wait for a confirmation; 5 s in steps of 100 ms by default. */
  readonly patience?: Patience;
  /** The checks that this merchant lacks, for tests of whatever is to find that out; none by default. */
  readonly faults?: readonly FaultName[];
  /** Unix milliseconds; `Date.now` by default. */
  readonly now?: () => number;
}

/** A running merchant. */
export interface Merchant {
  readonly origin: string;
  /** The same merchant under another name: for a browser, another origin. */
  readonly otherOrigin: string;
  /** The account money is paid to. */
  readonly payTo: string;
  /** The name is that of `/merchant/books`, which tests of other projects read as well. */
  books(): MerchantRecords;
  /** The URL of a 402 with this `PAYMENT-REQUIRED`, verbatim; several values become several headers. */
  registerHeader(value: string | readonly string[]): string;
  /** Publishes the signed blocks that are held, in the order they came; gives what became of each. */
  publishHeld(): Promise<readonly Published[]>;
  /** Forgets sessions, payments and the request log. */
  reset(): void;
  /** Stops and starts again with nothing but what is on the disk; same port, same account. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_PRICE_RAW = 10n ** 28n;
const LIVE_SEND_THRESHOLD = 'fffffff800000000';
const DEFAULT_PATIENCE: Patience = { attempts: 50, intervalMs: 100 };

/** Opens a shop with its gates, listening when the promise resolves. */
export async function startMerchant(options: MerchantOptions): Promise<Merchant> {
  const { network, host = '127.0.0.1', now = Date.now } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'nano-merchant-'));
  mkdirSync(dataDir, { recursive: true });
  const seed = options.seed ?? keptSeed(dataDir);
  const sendThreshold = BigInt(`0x${network.thresholds.send ?? LIVE_SEND_THRESHOLD}`);
  const faults = new Set(options.faults);
  const headers = new Map<string, string | readonly string[]>();
  const defaults: Terms = {
    priceRaw: options.priceRaw ?? DEFAULT_PRICE_RAW,
    mechanisms: options.mechanisms ?? ['nanoSession'],
    expirySeconds: options.expirySeconds ?? 180,
    firstExpirySeconds: undefined,
    creditRaw: undefined,
    encoding: options.encoding,
    description: '',
    flavour: options.flavour ?? 'spec',
    publishing: 'at-once',
    hex: 'any',
    extra: 'none',
    paymentIdentifier: 'none',
    paywall: 'header',
    losesSession: false,
    refuses: { first: 0, with: 'unconfirmed' },
  };

  async function open(port: number) {
    const patience = options.patience ?? DEFAULT_PATIENCE;
    const node = new NanoNode(network.rpcUrls);
    const receiver = new Receiver(seed, node, BigInt(`0x${network.thresholds.receive}`), patience);
    const sessions = new Sessions(dataDir, now, undefined, faults);
    const spent = new SpentBlocks(dataDir, faults);
    const handedOverBlocks = new HandedOverBlocks(node, faults);
    const requestLog = new RequestLog();
    const { payTo } = receiver;
    const common = { networkId: network.id, node, spent, patience, now, faults };
    const mechanisms = [
      nanoSession({ ...common, sessions, payTo }),
      nanoSignature({ ...common, receiver }),
      nymChallenge({ ...common, sessions, payTo }),
      trackB({ ...common, payTo }),
      trackA({ ...common, handedOverBlocks, payTo }),
      signedBlock({ ...common, handedOverBlocks, payTo, sendThreshold }),
    ];
    const facilitator = new Facilitator(mechanisms, network.id, faults);
    const hashGate = new HashGate({ ...common, payTo });
    const paywall = new Paywall(facilitator, hashGate, requestLog, defaults, network.id, now, faults);
    const records = () =>
      collectRecords({ network: network.id, payTo }, sessions, spent, handedOverBlocks, requestLog, now());
    const reset = () => {
      for (const part of [sessions, spent, handedOverBlocks, requestLog, paywall]) part.clear();
    };
    const control = controlRoutes(records, reset);
    const styles = [...STYLE_PAGES, ...walletRoutes(node, sessions, payTo)];
    const shop = {
      answer: answerBy(paywall, [
        ...freeRoutes(headers, { payTo, priceRaw: defaults.priceRaw }, styles),
        ...control,
      ]),
      requestLog,
      unlogged: control.map(({ path }) => path),
      now,
    };
    return { ...(await listen(shop, host, port)), records, reset, payTo, handedOverBlocks };
  }

  let shop = await open(options.port ?? 0);
  const { port, payTo } = shop;
  return {
    origin: `http://${host}:${port}`,
    otherOrigin: `http://localhost:${port}`,
    payTo,
    books: () => shop.records(),
    publishHeld: () => shop.handedOverBlocks.publishHeld(),
    reset: () => shop.reset(),
    registerHeader(value) {
      for (const one of [value].flat()) validateHeaderValue('PAYMENT-REQUIRED', one);
      const id = randomUUID();
      headers.set(id, value);
      return `http://${host}:${port}${MALFORMED}?id=${id}`;
    },
    async restart() {
      await shut(shop.server);
      shop.handedOverBlocks.clear();
      shop = await open(port);
    },
    async close() {
      await shut(shop.server);
      shop.handedOverBlocks.clear();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true });
    },
  };
}

/** The seed of a data folder, drawn on its first use. */
function keptSeed(dataDir: string): string {
  const path = join(dataDir, 'seed.hex');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}
