/** Requests whose page got its own 402 because their user did not answer in time. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import {
  browser,
  devnet,
  page,
  payments,
  restart,
  script,
  setUp,
  states,
  statusOf,
  worker,
} from './challenge-handler.fixture.ts';

setUp();

const HOUR = 3_600_000;
/** For how long pages hold their requests (ms). */
let heldFor = 0;

beforeEach(() => {
  heldFor = 0;
  restart({ handler: { heldUntil: async () => Date.now() + heldFor } });
});

const isAsked = ({ id }: Challenge) => expect.poll(() => worker.approvals.isAsked(id)).toBe(true);

/** Asks about a request until it has been given back. */
async function givenBack(url: string, parts: Partial<Challenge> = {}) {
  const challenge = await browser.visit(url, { ...script(), ...parts });
  const handled = worker.challengeHandler.handle(challenge);
  await expect.poll(() => browser.givenBack).toContain(challenge.id);
  return { challenge, handled };
}

/** Sends the same request again from the same document, which holds it. */
function sentAgain(url: string, parts: Partial<Challenge> = {}) {
  heldFor = HOUR;
  return held(url, parts);
}

/** Sends a request of a document, which holds it for `heldFor` ms. */
async function held(url: string, parts: Partial<Challenge> = {}) {
  const challenge = await browser.visit(url, { ...script(), ...parts });
  return { challenge, handled: worker.challengeHandler.handle(challenge) };
}

describe('a request that was given back', () => {
  test('keeps its question, which says so, and is paid as one that only a load of its page sends again', async () => {
    const { challenge, handled } = await givenBack(page());
    const returned = { ...challenge, userPart: 'load', givenBack: true };
    expect(worker.approvals.list()).toMatchObject([{ id: challenge.id, challenge: returned }]);
    expect(browser.released).toEqual([]);
    worker.approvals.answer(challenge.id, { kind: 'once' });
    await handled;
    expect((await payments()).map(({ intent }) => intent.challenge)).toEqual([returned]);
    expect(await states()).toEqual(['settled']);
  });

  test('has a question that says so before its page has its 402', async () => {
    const said: boolean[] = [];
    restart({
      handler: {
        heldUntil: async () => 0,
        giveBack: async ({ id }) => {
          const question = worker.approvals.list().find((one) => one.id === id);
          said.push(question?.challenge.givenBack === true);
        },
      },
    });
    const challenge = await browser.visit(page(), script());
    const handled = worker.challengeHandler.handle(challenge);
    await expect.poll(() => said).toEqual([true]);
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
    expect(worker.log).toMatchObject([{ challenge: challenge.id, key: 'refusal_DECLINED' }]);
  });

  test('loses its question with its page', async () => {
    const { challenge, handled } = await givenBack(page());
    browser.leave(challenge);
    await worker.challengeHandler.withdraw(challenge);
    await handled;
    expect(worker.approvals.list()).toEqual([]);
    expect(worker.log).toMatchObject([{ challenge: challenge.id, key: 'refusal_WITHDRAWN' }]);
  });

  test('and is sent again has one question, and the request that is held gets what is paid once', async () => {
    const url = page();
    const first = await givenBack(url);
    const second = await sentAgain(url);
    await isAsked(second.challenge);
    expect(worker.approvals.list()).toMatchObject([{ id: first.challenge.id, challenge: second.challenge }]);
    worker.approvals.answer(first.challenge.id, { kind: 'once' });
    await Promise.all([first.handled, second.handled]);
    expect(statusOf(second.challenge)).toBe(200);
    expect(statusOf(first.challenge)).toBeUndefined();
    expect(await states()).toEqual(['settled']);
    expect(worker.log).toMatchObject([{ challenge: first.challenge.id, key: 'refusal_SHARED' }]);
  });

  test('and is sent again while it is paid gets the payment without a reload', async () => {
    const url = page();
    const first = await givenBack(url);
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 300 });
    worker.approvals.answer(first.challenge.id, { kind: 'once' });
    await expect.poll(states).toContain('signed');
    const second = await sentAgain(url);
    await Promise.all([first.handled, second.handled]);
    expect(statusOf(second.challenge)).toBe(200);
    expect(statusOf(first.challenge)).toBeUndefined();
    expect(await states()).toEqual(['settled']);
  });

  test('with a body waits for its page, and what is sent again at the same price is paid already', async () => {
    const url = page('/api/echo');
    const post = { method: 'POST' };
    const first = await givenBack(url, post);
    worker.approvals.answer(first.challenge.id, { kind: 'once' });
    await expect.poll(states).toEqual(['delivered']);
    const second = await sentAgain(url, post);
    await Promise.all([first.handled, second.handled]);
    expect(statusOf(second.challenge)).toBe(200);
    expect(await states()).toEqual(['settled']);
  });

  test('with a body, and sent again at another price is asked about', async () => {
    const url = page('/api/echo');
    const post = { method: 'POST' };
    const first = await givenBack(url, post);
    worker.approvals.answer(first.challenge.id, { kind: 'once' });
    await expect.poll(states).toEqual(['delivered']);
    const other = await browser.visit(`${url}&price=2`, { ...script(), ...post });
    const second = browser.show({ ...other, id: `${other.id} again`, url });
    const handled = worker.challengeHandler.handle(second);
    await isAsked(second);
    worker.approvals.answer(second.id, { kind: 'decline' });
    await handled;
    expect(await states()).toEqual(['delivered']);
  });
});

test('a request that is answered in time is held until it is paid, however long that takes', async () => {
  heldFor = 1_000;
  const { challenge, handled } = await held(page());
  await isAsked(challenge);
  devnet.faults.set({ kind: 'latency', action: 'process', ms: 1_200 });
  worker.approvals.answer(challenge.id, { kind: 'once' });
  await handled;
  expect(statusOf(challenge)).toBe(200);
  expect(browser.givenBack).toEqual([]);
});
