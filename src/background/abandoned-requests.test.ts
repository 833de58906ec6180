import { expect, test } from 'vitest';
import { deferred } from '../concurrency.ts';
import type { Question } from '../payments/question.ts';
import { challengeOf, SHOP, sessionOffer } from '../payments/samples.fixture.ts';
import { AbandonedRequests } from './abandoned-requests.ts';

const idIn = (tabId: number) => `challenge in ${tabId}`;

function questionIn(tabId: number): Question {
  const challenge = challengeOf({ id: idIn(tabId), tabId });
  return {
    id: challenge.id,
    site: SHOP,
    challenge,
    offer: sessionOffer(1n),
    reason: 'reason_newSite',
    isPayeeUnopened: false,
  };
}

/** Questions about requests of tabs, of which those of `gone` tabs have no page that waits. */
function questions({ tabs, gone }: { readonly tabs: readonly number[]; readonly gone: readonly number[] }) {
  const withdrawn: number[] = [];
  let looks = 0;
  const looked = deferred<void>();
  const abandoned = new AbandonedRequests({
    approvals: { list: () => tabs.map(questionIn) },
    interception: {
      waits: async ({ id }) => {
        looks++;
        await looked.promise;
        return !gone.some((tabId) => id === idIn(tabId));
      },
    },
    challengeHandler: {
      withdraw: async ({ tabId }) => {
        withdrawn.push(tabId);
      },
    },
  });
  return { abandoned, withdrawn, looks: () => looks, answerLooks: looked.resolve };
}

test('questions whose page no longer waits are withdrawn, and no others', async () => {
  const { abandoned, withdrawn, answerLooks } = questions({ tabs: [1, 2, 3], gone: [1, 3] });
  answerLooks();
  await abandoned.withdraw();
  expect(withdrawn).toEqual([1, 3]);
});

test('those of one tab are withdrawn without a look at the other tabs', async () => {
  const { abandoned, withdrawn, looks, answerLooks } = questions({ tabs: [1, 2, 3], gone: [1, 3] });
  answerLooks();
  await abandoned.withdraw(3);
  expect(withdrawn).toEqual([3]);
  expect(looks()).toBe(1);
});

test('a check that is asked for during a check does not begin another one', async () => {
  const { abandoned, withdrawn, looks, answerLooks } = questions({ tabs: [1], gone: [1] });
  abandoned.check();
  abandoned.check();
  answerLooks();
  await expect.poll(() => withdrawn).toEqual([1]);
  expect(looks()).toBe(1);
});
