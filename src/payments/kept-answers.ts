import type { SessionStore } from '../interception/open-challenges.ts';
import { Agreements } from './agreements.ts';
import { AskedQuestions } from './asked-questions.ts';

/** What a worker's next life has to know of the questions and answers of this one. */
export const keptAnswers = (store: SessionStore) => ({
  agreements: new Agreements(store),
  askedQuestions: new AskedQuestions(store),
});
