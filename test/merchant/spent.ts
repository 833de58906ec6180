import { join } from 'node:path';
import * as v from 'valibot';
import { type FaultName, type Faults, NO_FAULTS } from './faults.ts';
import { JsonLines } from './json-lines.ts';

const SettledPayment = v.object({
  mechanism: v.string(),
  /** The session it paid; absent where the mechanism has none. */
  sessionId: v.exactOptional(v.string()),
  url: v.string(),
  route: v.string(),
  amountRaw: v.string(),
  payTo: v.string(),
  payer: v.string(),
  /** The payer's send, upper case. */
  hash: v.string(),
  /** Our own receive of it, where settling means pocketing. */
  receiveHash: v.exactOptional(v.string()),
  /** Unix milliseconds. */
  at: v.number(),
});

/** A send that bought something, as it stands in the records. */
export type SettledPayment = Readonly<v.InferOutput<typeof SettledPayment>>;

/** One spelling of a block hash: the node's own. Keying by anything else lets a proof be spent twice (docs/WIRE.md §5 T21). */
export const canonicalHash = (hash: string): string => hash.toUpperCase();

/**
 * The sends that have bought something, kept across restarts. The list of settled payments *is* the spent set: there is
 * no second copy that could disagree with it.
 */
export class SpentBlocks {
  readonly #file: JsonLines<typeof SettledPayment>;
  readonly #byHash = new Map<string, SettledPayment>();
  readonly #sessions = new Set<string>();
  /** How often each send was claimed. */
  readonly #claims = new Map<string, number>();
  readonly #faults: Faults;

  constructor(dataDir: string, faults: Faults = NO_FAULTS) {
    this.#faults = faults;
    this.#file = new JsonLines(join(dataDir, 'spent.jsonl'), SettledPayment);
    for (const payment of this.#file.read()) this.#remember(payment);
  }

  has(hash: string): boolean {
    return !this.#forgets('replay', 'resale') && this.#byHash.has(this.#keyOf(hash));
  }

  /** Whether this session has already bought what it was for. */
  hasSession(id: string): boolean {
    return !this.#forgets('replay', 'case-replay') && this.#sessions.has(id);
  }

  /** Spends a send. False when it, or its session, is already spent; synchronous, so of many callers exactly one gets true. */
  claim(payment: SettledPayment): boolean {
    if (!this.#isUnguarded(payment)) {
      if (this.has(payment.hash)) return false;
      if (payment.sessionId !== undefined && this.hasSession(payment.sessionId)) return false;
    }
    this.#file.append(payment);
    this.#remember(payment);
    return true;
  }

  all(): readonly SettledPayment[] {
    return [...this.#byHash.values()];
  }

  clear(): void {
    this.#file.clear();
    this.#byHash.clear();
    this.#sessions.clear();
    this.#claims.clear();
  }

  /** Whether a faulty merchant spends this send without a look whether it is spent. */
  #isUnguarded({ hash }: SettledPayment): boolean {
    const key = this.#keyOf(hash);
    const times = (this.#claims.get(key) ?? 0) + 1;
    this.#claims.set(key, times);
    const isSecond = [...this.#claims.keys()].indexOf(key) % 2 === 1;
    return (
      this.#faults.has('double-redeem') ||
      (this.#faults.has('crowded-redeem') && times > 2) ||
      (this.#faults.has('sometimes-redeem') && isSecond)
    );
  }

  #remember(payment: SettledPayment): void {
    this.#byHash.set(this.#keyOf(payment.hash), payment);
    if (payment.sessionId !== undefined) this.#sessions.add(payment.sessionId);
  }

  #keyOf(hash: string): string {
    return this.#faults.has('case-replay') ? hash : canonicalHash(hash);
  }

  #forgets(...names: readonly FaultName[]): boolean {
    return names.some((name) => this.#faults.has(name));
  }
}
