import type { Patience } from '../confirmation.ts';
import type { HandedOverRecord } from '../handed-over-blocks.ts';
import type { Answer, Visit } from '../http.ts';
import type { NanoNode } from '../node.ts';
import type { SettledPayment } from '../spent.ts';

/** A live seller of the market, as a line of the table: what it sells, and by which counter it takes money. */
export interface Seller {
  /** What it is known for. */
  readonly says: string;
  readonly method: 'GET' | 'POST';
  /** Path and query of what it sells. */
  readonly target: string;
  /** Opens the counter; a dialect of the market has one each. */
  readonly counter: (parts: CounterParts) => Counter;
}

/** What a counter works with. */
export interface CounterParts {
  /** CAIP-2 id, as it stands in the offers. */
  readonly network: string;
  /** The origin under which browsers know the seller. */
  readonly origin: string;
  readonly node: NanoNode;
  readonly sendThreshold: bigint;
  /** How long to wait for a confirmation. */
  readonly patience: Patience;
  /** `Retry-After` where the seller sends one (s); as recorded by default. */
  readonly retryAfterSeconds: number | undefined;
  readonly now: () => number;
  /** A new account of the seller's, `nano_…`. */
  readonly newAccount: () => string;
  /** Writes down why a proof was not honoured. */
  readonly refused: (visit: Visit, status: number, reason: string) => void;
}

/** What takes the money and gives the goods. */
export interface Counter {
  serve(visit: Visit): Promise<Answer>;
  /** The sends that bought something, oldest first. */
  payments(): readonly SettledPayment[];
  /** The signed blocks that were handed over, oldest first. */
  handedOver(): readonly HandedOverRecord[];
  close(): void;
}
