import { describe, expect, test } from 'vitest';
import { memoryStore } from '../interception/samples.fixture.ts';
import { keptAnswers } from './kept-answers.ts';
import { challengeOf, SHOP, sessionOffer } from './samples.fixture.ts';

const challenge = challengeOf();
const offer = sessionOffer(1n);
const question = { id: challenge.id, challenge, offer, reason: 'reason_newSite' } as const;

/** Keeps an answer and a question while the purse is, or is not, unlocked at each look. Returns what is left in the store. */
async function keptWhile(...looks: readonly boolean[]): Promise<number> {
  const store = memoryStore();
  let look = 0;
  const isUnlocked = async () => looks[look++ % looks.length] === true;
  const { agreements, askedQuestions } = keptAnswers(store, isUnlocked);
  await agreements.keep(challenge, offer, []);
  await askedQuestions.keep({ ...question, site: SHOP, isPayeeUnopened: false });
  return store.kept.size;
}

describe('what the user was asked and answered', () => {
  test('is kept while the purse is unlocked', async () => {
    expect(await keptWhile(true)).toBe(2);
  });

  test('is not kept while the purse is locked', async () => {
    expect(await keptWhile(false)).toBe(0);
  });

  test('is removed where a lock came while it was written', async () => {
    expect(await keptWhile(true, false)).toBe(0);
  });
});
