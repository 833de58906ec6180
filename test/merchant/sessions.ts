import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Faults, NO_FAULTS } from './faults.ts';
import { JsonLines } from './json-lines.ts';

const Session = v.object({
  id: v.string(),
  /** Which mechanism the price was quoted for. */
  mechanism: v.exactOptional(v.string(), 'nanoSession'),
  url: v.string(),
  resourceAmountRaw: v.string(),
  tagAmountRaw: v.string(),
  /** The sum of the two: what has to arrive, to the raw. */
  amountRaw: v.string(),
  payTo: v.string(),
  maxTimeoutSeconds: v.number(),
  /** Unix milliseconds. */
  issuedAt: v.number(),
  expiresAt: v.number(),
});

/** One price quoted to one visitor. Its amount has never been quoted before, so a payment tells whose it is. */
export type Session = Readonly<v.InferOutput<typeof Session>>;

/** Far too little raw to feel, enough to tell ten million visitors apart. */
const TAG_MODULUS = 10_000_000;
const TAG_ATTEMPTS = 1000;

/**
 * The sessions a merchant has issued. Those issued since the start are live; those of an earlier run are only on the
 * disk, as the reference servers' are only in the client's hands, and come back through the POST fallback alone.
 */
export class Sessions {
  readonly #file: JsonLines<typeof Session>;
  readonly #now: () => number;
  readonly #tagModulus: number;
  readonly #live = new Map<string, Session>();
  readonly #earlier = new Map<string, Session>();
  readonly #amounts = new Set<string>();
  readonly #faults: Faults;

  /** Tags stay below `tagModulus` raw. */
  constructor(dataDir: string, now: () => number, tagModulus = TAG_MODULUS, faults: Faults = NO_FAULTS) {
    this.#faults = faults;
    this.#file = new JsonLines(join(dataDir, 'sessions.jsonl'), Session);
    this.#now = now;
    this.#tagModulus = tagModulus;
    for (const session of this.#file.read()) {
      this.#earlier.set(session.id, session);
      this.#amounts.add(session.amountRaw);
    }
  }

  /** Quotes a price (raw) for a URL, with a fresh 128-bit id and an amount that was never quoted before. */
  issue(
    url: string,
    priceRaw: bigint,
    payTo: string,
    expirySeconds: number,
    mechanism = 'nanoSession',
  ): Session {
    const open = this.#faults.has('reused-offer') && [...this.#live.values()].find((one) => one.url === url);
    if (open) return open;
    const issuedAt = this.#now();
    const tag = this.#freshTag(priceRaw);
    const session: Session = {
      id: this.#freshId(),
      mechanism,
      url,
      resourceAmountRaw: String(priceRaw),
      tagAmountRaw: String(tag),
      amountRaw: String(priceRaw + tag),
      payTo,
      maxTimeoutSeconds: expirySeconds,
      issuedAt,
      expiresAt: issuedAt + expirySeconds * 1000,
    };
    this.#file.append(session);
    this.#amounts.add(session.amountRaw);
    this.#live.set(session.id, session);
    return session;
  }

  /** Accepts a session that was never issued, as a faulty merchant does. */
  adopt(session: Session): Session {
    this.#live.set(session.id, session);
    return session;
  }

  /** A session of this run, whether or not it can still be paid. */
  issued(id: string): Session | undefined {
    return this.#live.get(id);
  }

  /** A session of this run that can still be paid. */
  live(id: string): Session | undefined {
    return this.#unexpired(this.#live.get(id));
  }

  /** A session of this or an earlier run that can still be paid. Only ids we really issued are ever found. */
  recall(id: string): Session | undefined {
    return this.live(id) ?? this.#unexpired(this.#earlier.get(id));
  }

  /** Every session on the records, oldest first. */
  all(): readonly Session[] {
    return [...this.#earlier.values(), ...this.#live.values()];
  }

  clear(): void {
    this.#file.clear();
    this.#live.clear();
    this.#earlier.clear();
    this.#amounts.clear();
  }

  #unexpired(session: Session | undefined): Session | undefined {
    if (this.#faults.has('expiry')) return session;
    return session !== undefined && this.#now() < session.expiresAt ? session : undefined;
  }

  #freshId(): string {
    return this.#faults.has('weak-id') ? String(this.#live.size + 1) : randomBytes(16).toString('hex');
  }

  #freshTag(priceRaw: bigint): bigint {
    for (let attempt = 0; attempt < TAG_ATTEMPTS; attempt++) {
      const tag = BigInt(randomInt(1, this.#tagModulus));
      if (!this.#amounts.has(String(priceRaw + tag))) return tag;
    }
    throw new Error(`Every tag near ${priceRaw} raw is taken`);
  }
}
