import * as v from 'valibot';
import { StoredChallenge } from '../interception/challenge.ts';
import type { PaymentId } from '../payment-id.ts';
import { type AnyPayment, isWhole, joined, type PrivatePart } from '../payments/private-record.ts';
import { SiteText } from '../policy/budget-schema.ts';
import { StoredOffer } from '../protocol/mechanisms/index.ts';
import type { Fields } from './backup/fields.ts';

/** A store that survives the worker and a lock, but not the browser (`chrome.storage.session`). */
export interface PrivateStore {
  /** Every text that was written and not removed, by payment. */
  read(): Promise<ReadonlyMap<string, unknown>>;
  write(id: PaymentId, text: string): Promise<void>;
  remove(ids: readonly PaymentId[]): Promise<void>;
}

/** The number of parts of finished payments that are kept, because a recent payment may still be looked up. */
const MOST_OVER = 100;

const PartText = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({
    site: SiteText,
    challenge: StoredChallenge,
    offer: StoredOffer,
    once: v.string(),
    resource: v.string(),
    proof: v.exactOptional(v.string()),
    represent: v.exactOptional(v.string()),
    said: v.exactOptional(v.string()),
    args: v.exactOptional(v.array(v.string())),
    isOver: v.exactOptional(v.literal(true)),
  } satisfies Fields<PrivatePart>),
) satisfies v.GenericSchema<unknown, PrivatePart>;

/**
 * The private parts of payments, in memory and in `storage.session`. The journal joins them to its records within a
 * transaction, which cannot wait for another store, so all of them are in memory.
 */
export class PrivateParts {
  readonly #store: PrivateStore;
  readonly #parts: Map<PaymentId, PrivatePart>;

  private constructor(store: PrivateStore, parts: Map<PaymentId, PrivatePart>) {
    this.#store = store;
    this.#parts = parts;
  }

  /** Reads the parts that were kept before this start of the worker. */
  static async open(store: PrivateStore): Promise<PrivateParts> {
    const parts = [...(await store.read())].flatMap(([id, text]) => {
      const { success, output } = v.safeParse(PartText, text);
      return success ? [[id as PaymentId, output] as const] : [];
    });
    parts.sort(([, one], [, other]) => one.challenge.seenAt - other.challenge.seenAt);
    return new PrivateParts(store, new Map(parts));
  }

  get(id: PaymentId): PrivatePart | undefined {
    return this.#parts.get(id);
  }

  /** The payment of a row with its private part, while that is kept. */
  joinTo(payment: AnyPayment): AnyPayment {
    if (isWhole(payment)) return payment;
    const part = this.#parts.get(payment.intent.id);
    return part === undefined ? payment : joined(payment, part);
  }

  /** The payments whose private part passes `test`, oldest first. */
  find(test: (part: PrivatePart) => boolean): readonly PaymentId[] {
    return [...this.#parts].filter(([, part]) => test(part)).map(([id]) => id);
  }

  /** Keeps a part. Resolves once the part survives the end of the worker. */
  async keep(id: PaymentId, part: PrivatePart): Promise<void> {
    await this.#store.write(id, textOf(part));
    this.#parts.set(id, part);
    const over = this.find(({ isOver }) => isOver === true);
    if (over.length > MOST_OVER) await this.drop(over.slice(0, over.length - MOST_OVER));
  }

  async drop(ids: readonly PaymentId[]): Promise<void> {
    for (const id of ids) this.#parts.delete(id);
    await this.#store.remove(ids);
  }
}

/** Writes bigints as decimal digits: JSON and the session store have none. */
const textOf = (part: PrivatePart): string =>
  JSON.stringify(part, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
