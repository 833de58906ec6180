import type { SessionStore } from '../interception/open-challenges.ts';
import { Agreements } from './agreements.ts';
import { AskedQuestions } from './asked-questions.ts';

/**
 * What a worker's next life has to know of the questions and answers of this one. A locked purse keeps none.
 *
 * @param isUnlocked read from the session store: a lock empties it
 */
export function keptAnswers(store: SessionStore, isUnlocked: () => Promise<boolean>) {
  const own: SessionStore = {
    read: (prefix) => store.read(prefix),
    remove: (keys) => store.remove(keys),
    async write(key, value) {
      if (!(await isUnlocked())) return;
      await store.write(key, value);
      // A lock in between has removed everything, and this must not come after it.
      if (!(await isUnlocked())) await store.remove([key]);
    },
  };
  return { agreements: new Agreements(own), askedQuestions: new AskedQuestions(own) };
}
