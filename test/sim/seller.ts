import { randomBytes } from 'node:crypto';
import { readAddress, toAddress } from '../devnet/address.ts';
import type { StateBlock } from '../devnet/block.ts';
import type { Devnet } from '../devnet/devnet.ts';
import { type AccountKey, readHex32 } from '../devnet/hex.ts';
import { encodeHeader } from '../merchant/envelope.ts';
import { presentedIn } from '../merchant/sellers/checks.ts';

/** What a seller says to a proof, whatever it does with the block. */
export interface Said {
  readonly status: number;
  /** The reason in `PAYMENT-RESPONSE`. */
  readonly reason?: string;
  /** Whether `PAYMENT-RESPONSE` says that it was paid. */
  readonly success?: boolean;
  /** `Retry-After` (s). */
  readonly retryAfter?: number;
  /** Whether it wants a token back beside the proof. */
  readonly represent?: boolean;
}

/** What happens to one delivery of a proof. */
export interface Reaction {
  /** Whether the request comes to the seller. */
  readonly reaches: boolean;
  /** Whether the seller publishes the block before it answers. It keeps every block, and may publish it at any time. */
  readonly publishes: boolean;
  readonly says: Said;
  /** Whether the answer comes to the page: in full, not at all, or its head alone. */
  readonly arrives: 'whole' | 'lost' | 'cut';
}

/** An answer as it leaves the seller. */
export interface SellerAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** What a request costs (raw). */
export const PRICE = 10n ** 6n;

/**
 * A seller of signed blocks that does what it is told, on a ledger that validates. Each URL is paid to an account of its
 * own, so that the ledger tells the payments for one request from those for another.
 */
export class SimulatedSeller {
  readonly #devnet: Devnet;
  readonly #accounts = new Map<string, string>();
  readonly #blocks = new Map<string, StateBlock>();

  constructor(devnet: Devnet) {
    this.#devnet = devnet;
  }

  /** The `PAYMENT-REQUIRED` of a URL. */
  offer(url: string): string {
    const payTo = this.#accounts.get(url) ?? someAccount();
    this.#accounts.set(url, payTo);
    const entry = { scheme: 'exact', network: this.#devnet.profile.id, asset: 'XNO', amount: String(PRICE) };
    const extra = { asset: 'XNO', work: 'required' };
    const accepts = [{ ...entry, payTo, maxTimeoutSeconds: 60, extra }];
    return encodeHeader({ x402Version: 2, error: 'Payment required', resource: { url }, accepts });
  }

  /** Gets a proof, and does as it is told. */
  receive(proof: string, { publishes, says }: Pick<Reaction, 'publishes' | 'says'>): SellerAnswer {
    const presented = presentedIn(proof);
    if (presented === undefined) throw new Error('The purse made a proof that is none');
    const { block, hash } = presented;
    this.#blocks.set(hash, block);
    if (publishes) this.#publish(block);
    const { status, reason, success, retryAfter, represent } = says;
    const headers = new Map<string, string>();
    if (reason !== undefined || success !== undefined) {
      const receipt = { success: success ?? false, errorReason: reason, transaction: success ? hash : '' };
      headers.set('payment-response', encodeHeader(receipt));
    }
    if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
    if (represent) headers.set('x-nano-represent', randomBytes(16).toString('hex'));
    return { status, headers };
  }

  /** Serves a proof as an honest seller does: once its block is on the ledger, however often it comes. */
  serve(proof: string): SellerAnswer {
    const served = this.receive(proof, { publishes: true, says: { status: 200, success: true } });
    const hash = readHex32(presentedIn(proof)?.hash ?? '');
    if (hash !== undefined && this.#devnet.ledger.entry(hash) !== undefined) return served;
    return this.receive(proof, { publishes: false, says: { status: 402, reason: 'frontier_moved' } });
  }

  /** Publishes every block that it ever got. Of blocks whose place is taken the network takes none. */
  publishAll(): void {
    for (const block of this.#blocks.values()) this.#publish(block);
  }

  /** How many sends on the ledger pay for a URL. */
  paymentsFor(url: string, payer: AccountKey): number {
    const payTo = this.#accounts.get(url);
    const payee = payTo === undefined ? undefined : readAddress(payTo);
    const sends = this.#devnet.ledger.chain(payer).filter(({ subtype }) => subtype === 'send');
    return sends.filter(({ block }) => block.link === payee).length;
  }

  #publish(block: StateBlock): void {
    const outcome = this.#devnet.ledger.process(block);
    if (outcome.accepted) this.#devnet.elections.start(outcome.entry);
  }
}

function someAccount(): string {
  const key = readHex32(randomBytes(32).toString('hex'));
  if (key === undefined) throw new Error('32 bytes are a key');
  return toAddress(key as string as AccountKey);
}
