import * as v from 'valibot';
import type { Challenge } from '../interception/challenge.ts';
import type { SessionStore } from '../interception/open-challenges.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import { type Deal, dealOf, StoredDeal } from './deal.ts';

/** What the user agreed to pay for a request. */
interface Agreement {
  readonly deal: Deal;
  /** The requests that share the user's answer, by the ids of their challenges. */
  readonly others: readonly string[];
  /** Whether the page had its own 402 by then (see `givenBack`). */
  readonly isGivenBack: boolean;
}

const PREFIX = 'agreed:';
/** How many are kept at most. Payments of one account are prepared one after the other. */
const MOST = 100;

const StoredAgreement = v.strictObject({
  deal: StoredDeal,
  others: v.array(v.string()),
  isGivenBack: v.boolean(),
}) satisfies v.GenericSchema<unknown, Agreement>;

/**
 * What the user agreed to pay while the work for it is still searched for, kept where a killed worker's next life finds it. It
 * counts for the same request only, and ends before its money is reserved: from then on the journal knows of the payment.
 * A lock ends all of them, and none is kept for a private window: there the user is asked again.
 */
export class Agreements {
  readonly #store: SessionStore;
  #reading: Promise<Map<string, Agreement>> | undefined;

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /** Keeps what the user agreed to. Resolves once it survives the end of the worker. */
  async keep(challenge: Challenge, offer: Offer, others: readonly Challenge[]): Promise<void> {
    if (challenge.isPrivate) return;
    const kept = await this.#kept();
    const deal = dealOf(offer);
    const isGivenBack = challenge.givenBack === true;
    const agreement = { deal, others: others.map(({ id }) => id), isGivenBack };
    kept.set(challenge.id, agreement);
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) void this.end(oldest).catch(console.error);
    const stored = { ...agreement, deal: { ...deal, price: deal.price.toString() } };
    await this.#store.write(PREFIX + challenge.id, stored);
  }

  /** What the user agreed to pay for a request; null where they have to be asked. */
  async of({ id, givenBack }: Challenge): Promise<Deal | null> {
    const agreement = (await this.#kept()).get(id);
    return agreement !== undefined && agreement.isGivenBack === (givenBack === true) ? agreement.deal : null;
  }

  /** Whether a request shares the answer of another one, which gets what is paid for. */
  async isShared({ id }: Challenge): Promise<boolean> {
    return [...(await this.#kept()).values()].some(({ others }) => others.includes(id));
  }

  /** Ends the agreement about a request. Resolves with whether there was one, once no next life finds it. */
  async end(id: string): Promise<boolean> {
    const wasKept = (await this.#kept()).delete(id);
    if (wasKept) await this.#store.remove([PREFIX + id]);
    return wasKept;
  }

  #kept(): Promise<Map<string, Agreement>> {
    this.#reading ??= restore(this.#store).catch((failure: unknown) => {
      this.#reading = undefined;
      throw failure;
    });
    return this.#reading;
  }
}

async function restore(store: SessionStore): Promise<Map<string, Agreement>> {
  return new Map(
    [...(await store.read(PREFIX))].flatMap(([key, value]) => {
      const { success, output } = v.safeParse(StoredAgreement, value);
      return success ? [[key.slice(PREFIX.length), output] as const] : [];
    }),
  );
}
