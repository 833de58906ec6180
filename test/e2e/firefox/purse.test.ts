/** Firefox stops the event page, and does not report when a page gives up a held request: payments survive the one and heed the other. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../../merchant/pages/layout.ts';
import { openTestBed, type TestBed } from '../setup.ts';

/** How long Firefox leaves an idle event page alone in these tests (ms). */
const IDLE = 12_000;

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { preferences: { 'extensions.background.idle.timeout': IDLE } } });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

async function privileged(expression: string): Promise<unknown> {
  const run = testBed.purse.privileged;
  if (run === undefined) throw new Error('this browser is no Firefox');
  return run(expression);
}

const isPaid = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
/** Goes to a page that is held until its question is answered. */
const visit = (path: string, query: Readonly<Record<string, string>> = {}) =>
  void page.goto(testBed.at(path, { mechanism: 'nanoSignature', ...query })).catch(() => undefined);

describe('the event page', () => {
  test('stays awake while a document is held, however short its idle time', async () => {
    visit('/article', { n: 'thinking' });
    const { approve } = await testBed.purse.nextApproval();
    const began = Date.now();
    await expect.poll(() => Date.now() - began > 2 * IDLE).toBe(true);
    expect(await privileged(STATE)).toBe('running');
    await approve();
    await isPaid();
  });

  test('is stopped while it holds a document: the page shows its 402, is asked about again, and is paid once', async () => {
    const mark = await testBed.mark();
    visit('/article', { n: 'stopped' });
    await testBed.purse.nextApproval();
    await testBed.purse.killWorker();
    const { approve } = await testBed.purse.nextApproval();
    await approve();
    await isPaid();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('is stopped while a page holds its fetch: the page gets what was paid for, once', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page'));
    const url = testBed.at('/article', { mechanism: 'nanoSignature', n: 'fetched' });
    const fetched = page.evaluate(async (one) => (await fetch(one)).status, url);
    await testBed.purse.nextApproval();
    await testBed.purse.killWorker();
    await (await testBed.purse.nextApproval()).approve();
    expect(await fetched).toBe(200);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });
});

describe('a document that nobody waits for any more is not paid, though its question is answered:', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['its tab was closed', () => page.close()],
    ['its tab went elsewhere', () => page.goto(testBed.at('/free'))],
  ])('%s', async (name, leave) => {
    const mark = await testBed.mark();
    visit('/article', { n: encodeURIComponent(name) });
    const { offer } = await testBed.purse.nextApproval();
    await leave();
    await testBed.purse
      .ask('approval.answer', { id: offer.id, answer: { kind: 'once' } })
      .catch(() => undefined);
    await testBed.purse.until('approval.list', {}, (list) => list.length === 0);
    await testBed.nothingSince(mark);
  });
});

const POLICY = `WebExtensionPolicy.getByID('purse@nanopurse.org')`;
const STATE = `${POLICY}.extension.backgroundState`;
