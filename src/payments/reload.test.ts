/** Pages that are loaded again before their request is answered. */
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import {
  account,
  browser,
  devnet,
  handleAndAnswer,
  page,
  restart,
  setUp,
  states,
  statusOf,
  worker,
  XNO,
} from './challenge-handler.fixture.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

describe('a page that is loaded again', () => {
  test('while its payment is under way gets the proof of that payment', async () => {
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 150 });
    const url = page();
    await allowAll(account, url);
    const first = await browser.visit(url);
    const handled = worker.challengeHandler.handle(first);
    await expect.poll(states).toContain('signed');
    browser.leave(first);
    const second = await browser.visit(url);
    await worker.challengeHandler.handle(second);
    await handled;
    expect(statusOf(second)).toBe(200);
    expect(account.sends()).toHaveLength(1);
    expect(browser.released).toEqual([]);
  });

  test.each<[string, Partial<Challenge>]>([
    ['by a navigation of another site', { initiator: 'https://evil.example' }],
    [
      'and replaced by another site’s page that fetches the same URL',
      {
        kind: 'xmlhttprequest',
        documentId: 'evil',
        initiator: 'https://evil.example',
        topOrigin: 'https://evil.example',
      },
    ],
  ])('while its payment is under way, %s, gets nothing of that payment', async (_, parts) => {
    devnet.faults.set({ kind: 'latency', action: 'process', ms: 300 });
    const url = page();
    await allowAll(account, url);
    const first = await browser.visit(url);
    const handled = worker.challengeHandler.handle(first);
    await expect.poll(states).toContain('signed');
    const second = await browser.visit(url, parts);
    const asking = worker.challengeHandler.handle(second);
    await expect.poll(() => worker.asked.map(({ reason }) => reason)).toEqual(['reason_undeliveredBefore']);
    await handled;
    worker.approvals.answer(second.id, { kind: 'decline' });
    await asking;
    expect(browser.proofs).toEqual([]);
    expect(await states()).toEqual(['unanswered']);

    const own = await browser.visit(url);
    await worker.challengeHandler.handle(own);
    expect(statusOf(own)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('at once, before anything was decided, is paid once', async () => {
    const url = page();
    await allowAll(account, url);
    const [first, second] = [await browser.visit(url), await browser.visit(url)];
    await Promise.all([worker.challengeHandler.handle(first), worker.challengeHandler.handle(second)]);
    expect(statusOf(second)).toBe(200);
    expect(account.sends()).toHaveLength(1);
  });

  test('while its payment is about to be reserved is paid once, and so is another request of the page', async () => {
    const url = page();
    await allowAll(account, url);
    const [first, second, other] = [
      await browser.visit(url),
      await browser.visit(url),
      await browser.visit(page('/frame')),
    ];
    let releaseFirst = () => {};
    const held = new Promise<void>((resolve) => {
      releaseFirst = resolve;
    });
    let turns = 0;
    const { challengeHandler, log } = restart({
      handler: {
        lease: async () => {
          turns += 1;
          if (turns === 1) await held;
          return { account: account.address, done: () => undefined };
        },
      },
    });
    const handled = challengeHandler.handle(first);
    await expect.poll(() => turns).toBe(1);
    await Promise.all([challengeHandler.handle(second), challengeHandler.handle(other)]);
    releaseFirst();
    await handled;
    expect(log).toMatchObject([{ challenge: first.id, key: 'refusal_LAPSED' }]);
    expect([statusOf(second), statusOf(other)]).toEqual([200, 200]);
    expect(account.sends()).toHaveLength(2);
  });

  test('while the user is asked gets a question of its own', async () => {
    const url = page();
    const first = await browser.visit(url);
    const handled = worker.challengeHandler.handle(first);
    await expect.poll(() => worker.approvals.list().length).toBe(1);
    const second = await browser.visit(url);
    await handleAndAnswer(second, { kind: 'once' });
    await handled;
    expect(statusOf(second)).toBe(200);
    expect(browser.released).toEqual([first.id]);
    expect(account.sends()).toHaveLength(1);
  });

  test('is released when the payment that it joined fails', async () => {
    devnet.faults.set({ kind: 'latency', action: 'account_info', ms: 100 });
    const url = page('/article', `&price=${2n * XNO}`);
    await allowAll(account, url);
    const first = await browser.visit(url);
    const handled = worker.challengeHandler.handle(first);
    await expect.poll(states).toContain('approved');
    browser.leave(first);
    const second = await browser.visit(url);
    await Promise.all([handled, worker.challengeHandler.handle(second)]);
    expect(browser.released).toEqual([second.id]);
    expect(await states()).toEqual(['abandoned']);
  });

  test('in another tab is another request, and is paid too', async () => {
    const url = page();
    await allowAll(account, url);
    const [one, other] = [await browser.visit(url, { tabId: 1 }), await browser.visit(url, { tabId: 2 })];
    await Promise.all([worker.challengeHandler.handle(one), worker.challengeHandler.handle(other)]);
    expect([statusOf(one), statusOf(other)]).toEqual([200, 200]);
    expect(account.sends()).toHaveLength(2);
  });
});
