import type { Sentence } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash, SignedBlock } from '../nano/block.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';

/** One request to the server under test. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What came back for it. */
export interface HttpResponse {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, cut off where it is long. */
  readonly body: string;
}

/** Sends one request as it is: no credentials, no cache, no redirect followed. Rejects when no answer came. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

/** Renders a sentence in the reader's language. */
export type Say = (sentence: Sentence) => string;

/** Whom to pay, and how much (raw). */
export interface Order {
  readonly to: NanoAddress;
  readonly amount: Raw;
}

/** Whether a block is on the ledger, and confirmed. */
export type BlockStatus = 'unknown' | 'unconfirmed' | 'confirmed';

/** A signed send that only the server under test may publish. */
export interface HandedOverBlock {
  readonly block: SignedBlock;
  /**
   * Signs another send on the same frontier, so that at most one of the two can be confirmed; null where the wallet
   * signs none. Called at most once.
   */
  readonly conflicting: (() => Promise<SignedBlock>) | null;
  /** Recalls the block unless it was published, and says which. Safe to repeat. */
  recall(): Promise<'recalled' | 'published'>;
}

/** The money that paid probes spend. Every method rejects with a Fault when it cannot be done. */
export interface Money {
  readonly account: NanoAddress;
  /** Sends, and waits for the confirmation. */
  pay(order: Order, signal: AbortSignal): Promise<BlockHash>;
  /** Publishes a send without waiting for its confirmation. */
  publish(order: Order, signal: AbortSignal): Promise<BlockHash>;
  /** Resolves once the network has confirmed the block. */
  confirmed(hash: BlockHash, signal: AbortSignal): Promise<void>;
  statusOf(hash: BlockHash): Promise<BlockStatus>;
  /** Signs, with the account's key, a message that a mechanism binds to a payment. */
  sign(message: Message): Promise<string>;
  /** Signs a send on a confirmed head and does not publish it. One that is `kept` is never shown as it is. */
  handOver(order: Order, signal: AbortSignal, kept: boolean): Promise<HandedOverBlock>;
}
