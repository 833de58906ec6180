/** Sites whose pages handle their own 402s. */
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import { siteOf } from '../site.ts';
import {
  account,
  browser,
  handleAndAnswer,
  merchant,
  page,
  payments,
  script,
  setUp,
  states,
  statusOf,
  worker,
} from './challenge-handler.fixture.ts';
import { leaveToPages } from './manual-sites.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

const OTHER = 'https://elsewhere.example';

const leave = () => worker.settings.setManual(siteOf(merchant.origin), true);
const sites = () => worker.settings.read('manualSites');
const isAsked = ({ id }: Challenge) => expect.poll(() => worker.approvals.isAsked(id)).toBe(true);
const visit = (url: string, parts: Partial<Challenge> = {}) => browser.visit(url, { ...script(), ...parts });

/** Has a request handled until its user is asked. */
async function asked(parts: Partial<Challenge> = {}, url = page()) {
  const challenge = await visit(url, parts);
  const handled = worker.challengeHandler.handle(challenge);
  await isAsked(challenge);
  return { challenge, handled };
}

describe('a script of a site whose pages handle their own 402s', () => {
  test('gets its own 402 without a question and without a payment, whatever its budget', async () => {
    const url = page();
    await allowAll(account, url);
    await leave();
    const challenge = await visit(url);
    await worker.challengeHandler.handle(challenge);
    expect(browser.released).toEqual([challenge.id]);
    expect(worker.asked).toEqual([]);
    expect(await payments()).toEqual([]);
    expect(worker.log).toEqual([{ challenge: challenge.id, key: 'refusal_MANUAL', args: [] }]);
  });

  test('gets its own 402 also where an earlier payment for it is undelivered', async () => {
    const url = page('/loses-answer');
    const first = await visit(url);
    await handleAndAnswer(first, { kind: 'once' });
    expect(await states()).toEqual(['unanswered']);
    await leave();
    const next = await visit(url);
    await worker.challengeHandler.handle(next);
    expect(browser.released).toEqual([next.id]);
    expect(browser.proofs).toHaveLength(1);
    expect(await states()).toEqual(['unanswered']);
  });

  test('gets its own 402 also where policy decides on it again after the site was chosen', async () => {
    const { challenge, handled } = await asked();
    await allowAll(account, challenge.url);
    await leave();
    worker.approvals.reconsider(() => true);
    await handled;
    expect(browser.released).toEqual([challenge.id]);
    expect(await payments()).toEqual([]);
  });

  test('is asked about again once the site is removed from the list', async () => {
    await leave();
    await worker.settings.setManual(siteOf(merchant.origin), false);
    const { challenge, handled } = await asked();
    worker.approvals.answer(challenge.id, { kind: 'decline' });
    await handled;
    expect(browser.released).toEqual([challenge.id]);
  });

  test('of another site is paid as ever, and so are the documents of the site', async () => {
    const url = page();
    await allowAll(account, url);
    await leave();
    const document = await browser.visit(url);
    await worker.challengeHandler.handle(document);
    expect(statusOf(document)).toBe(200);
    const other = await asked({ initiator: OTHER, topOrigin: OTHER });
    worker.approvals.answer(other.challenge.id, { kind: 'once' });
    await other.handled;
    expect(statusOf(other.challenge)).toBe(200);
  });
});

describe('the answer that a page handles its own 402s', () => {
  test('is kept for the site whose script asked, not for the one that would be paid', async () => {
    const { challenge, handled } = await asked({ initiator: OTHER, topOrigin: OTHER });
    worker.approvals.answer(challenge.id, { kind: 'manual' });
    await handled;
    expect(await sites()).toEqual([OTHER]);
    expect(worker.log).toEqual([{ challenge: challenge.id, key: 'refusal_MANUAL', args: [] }]);
    expect(await payments()).toEqual([]);
  });

  test('gives back at once all that scripts of the site wait for, and nothing else', async () => {
    const [first, second] = [await asked(), await asked({ tabId: 2 })];
    const foreign = await asked({ tabId: 3, initiator: OTHER, topOrigin: OTHER });
    const document = await asked({ tabId: 4, kind: 'main_frame', initiator: null, documentId: null });
    worker.approvals.answer(first.challenge.id, { kind: 'manual' });
    await Promise.all([first.handled, second.handled]);
    expect(browser.released.toSorted()).toEqual([first.challenge.id, second.challenge.id].toSorted());
    expect(worker.log.map(({ key }) => key)).toEqual(['refusal_MANUAL', 'refusal_MANUAL']);
    expect(worker.approvals.list().map(({ id }) => id)).toEqual([
      foreign.challenge.id,
      document.challenge.id,
    ]);
    worker.approvals.lapse(() => true);
    await Promise.all([foreign.handled, document.handled]);
  });

  test('gives back every request that shares the question', async () => {
    const url = page();
    const [first, second] = [await asked({}, url), await asked({}, url)];
    expect(worker.approvals.list()).toHaveLength(1);
    worker.approvals.answer(first.challenge.id, { kind: 'manual' });
    await Promise.all([first.handled, second.handled]);
    expect(browser.released.toSorted()).toEqual([first.challenge.id, second.challenge.id].toSorted());
    expect(await sites()).toEqual([merchant.origin]);
  });

  test('in a private window declines the request, and stores no site', async () => {
    const { challenge, handled } = await asked({ isPrivate: true });
    worker.approvals.answer(challenge.id, { kind: 'manual' });
    await handled;
    expect(await sites()).toEqual([]);
    expect(browser.released).toEqual([challenge.id]);
    expect(worker.log).toEqual([{ challenge: challenge.id, key: 'refusal_DECLINED', args: [] }]);
  });
});

test('a site that is chosen in the settings gets back at once what its scripts wait for', async () => {
  const { challenge, handled } = await asked();
  const { approvals, settings } = worker;
  const addManualSite = (site: Parameters<typeof settings.setManual>[0]) => settings.setManual(site, true);
  await leaveToPages(siteOf(merchant.origin), { approvals, addManualSite });
  await handled;
  expect(browser.released).toEqual([challenge.id]);
  expect(await sites()).toEqual([merchant.origin]);
});
