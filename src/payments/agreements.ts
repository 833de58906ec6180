import * as v from 'valibot';
import type { Challenge } from '../interception/challenge.ts';
import type { SessionStore } from '../interception/open-challenges.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import { type Deal, dealOf, StoredDeal } from './deal.ts';
import { KeptRecords } from './kept-records.ts';

/** What the user agreed to pay for a request. */
interface Agreement {
  readonly deal: Deal;
  /** The requests that share the user's answer, by the ids of their challenges. */
  readonly others: readonly string[];
  /** Whether the page had its own 402 by then (see `givenBack`). */
  readonly isGivenBack: boolean;
}

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
  readonly #records: KeptRecords<Agreement>;

  constructor(store: SessionStore) {
    this.#records = new KeptRecords(store, 'agreed:', StoredAgreement);
  }

  /** Keeps what the user agreed to. Resolves once it survives the end of the worker. */
  async keep(challenge: Challenge, offer: Offer, others: readonly Challenge[]): Promise<void> {
    if (challenge.isPrivate) return;
    const deal = dealOf(offer);
    const isGivenBack = challenge.givenBack === true;
    const agreement = { deal, others: others.map(({ id }) => id), isGivenBack };
    const stored = { ...agreement, deal: { ...deal, price: deal.price.toString() } };
    await this.#records.keep(challenge.id, agreement, stored);
  }

  /** What the user agreed to pay for a request; null where they have to be asked. */
  async of({ id, givenBack }: Challenge): Promise<Deal | null> {
    const agreement = (await this.#records.all()).get(id);
    return agreement !== undefined && agreement.isGivenBack === (givenBack === true) ? agreement.deal : null;
  }

  /** Whether a request shares the answer of another one, which gets what is paid for. */
  async isShared({ id }: Challenge): Promise<boolean> {
    return [...(await this.#records.all()).values()].some(({ others }) => others.includes(id));
  }

  /** Ends the agreement about a request. Resolves with whether there was one, once no next life finds it. */
  end(id: string): Promise<boolean> {
    return this.#records.end(id);
  }
}
