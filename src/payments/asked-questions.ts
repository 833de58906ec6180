import * as v from 'valibot';
import type { Challenge } from '../interception/challenge.ts';
import type { SessionStore } from '../interception/open-challenges.ts';
import type { Reason } from '../policy/decision.ts';
import { KeptRecords } from './kept-records.ts';
import type { Question } from './question.ts';

/** Why the user is asked about a request, as in `Question`. */
export type AskedQuestion = Pick<Question, 'reason' | 'isPayeeUnopened'> & {
  readonly args?: readonly string[];
};

const StoredQuestion = v.strictObject({
  // Not checked against the list of keys: an update of the extension empties the store, so this version wrote it.
  reason: v.custom<Reason>((value) => typeof value === 'string' && value.startsWith('reason_')),
  args: v.exactOptional(v.array(v.string())),
  isPayeeUnopened: v.boolean(),
}) satisfies v.GenericSchema<unknown, AskedQuestion>;

/**
 * The open questions about requests that can be asked for a fresh price: where their offer ran out while no worker lived, the
 * next life shows them as run out. While an offer is good, it asks anew in any case.
 */
export class AskedQuestions {
  readonly #records: KeptRecords<AskedQuestion>;

  constructor(store: SessionStore) {
    this.#records = new KeptRecords(store, 'asked:', StoredQuestion);
  }

  /** Keeps that the user is asked. */
  async keep({ challenge, reason, args, isPayeeUnopened }: Question): Promise<void> {
    if (!isRenewable(challenge)) return;
    const question = { reason, isPayeeUnopened, ...(args && { args }) };
    await this.#records.keep(challenge.id, question, question);
  }

  /** Why the user was asked about a request; undefined where they were not. */
  async of({ id }: Challenge): Promise<AskedQuestion | undefined> {
    return (await this.#records.all()).get(id);
  }

  async end(id: string): Promise<void> {
    await this.#records.end(id);
  }
}

/** Whether a fresh offer can be asked for: see `Interception.freshOffer`. */
export const isRenewable = ({ method, isPrivate }: Challenge): boolean => method === 'GET' && !isPrivate;
