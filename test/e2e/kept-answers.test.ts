/** A server that lost a session when it was restarted between payment and delivery, and says nothing of caches. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { newProfile, removeProfile } from './profile.ts';
import { launchPurse } from './purse.ts';
import { openTestBed, type TestBed } from './setup.ts';

const PASSWORD = 'a password of this test alone 7';
/** The server refuses the first two proofs, that in the header and that in the POST, and serves all later ones. */
const RESTARTED = { flavour: 'reference', 'refuse-first': '2', 'refuse-with': 'lost' };

let profile: string;
let testBed: TestBed;
let page: Page;
beforeAll(async () => {
  profile = newProfile();
  testBed = await openTestBed({ purse: { profile, password: PASSWORD } });
});
afterAll(async () => {
  await testBed?.purse.close();
  await testBed?.close();
  await removeProfile(profile);
});

const newest = (state: string) =>
  testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
    return last?.kind === 'payment' && last.state === state;
  });
const gateOpens = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
const fetched = (status: number) => page.locator(`#fetch-result[data-status="${status}"]`).waitFor();

/** Pays for a document, whose proof is answered 410. */
async function refusedDocument(visit: string): Promise<string> {
  const url = testBed.at('/article', { ...RESTARTED, visit });
  page = await testBed.purse.newPage();
  void page.goto(url).catch(() => null);
  await (await testBed.purse.nextApproval()).approve();
  await newest('refused');
  await page.getByText('SESSION_LOST').waitFor();
  return url;
}

test('the page is served at the next visit, and not lost to the browser’s cache for ever', async () => {
  const mark = await testBed.mark();
  const url = await refusedDocument('document');
  await page.close();
  page = await testBed.purse.newPage();
  void page.goto(url).catch(() => null);
  await gateOpens();
  await newest('settled');
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  await page.close();
});

test('what a page fetches is served when it fetches again', async () => {
  const mark = await testBed.mark();
  const asking = testBed.at('/page', { fetch: testBed.at('/api/data', { ...RESTARTED, visit: 'fetch' }) });
  page = await testBed.purse.newPage();
  await page.goto(asking);
  await (await testBed.purse.nextApproval()).approve();
  await fetched(410);
  await newest('refused');
  await page.goto(asking);
  await fetched(200);
  await newest('settled');
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  await page.close();
});

test('the page is served after a restart of the browser too', async () => {
  const mark = await testBed.mark();
  const url = await refusedDocument('restart');
  await testBed.purse.close();
  const purse = await launchPurse({ profile, bare: true });
  testBed = { ...testBed, purse };
  await purse.ask('vault.unlock', { password: PASSWORD });
  page = await purse.newPage();
  void page.goto(url).catch(() => null);
  await gateOpens();
  await newest('settled');
  expect((await purse.payments()).slice(mark.journal)).toMatchObject([{ state: 'settled' }]);
  expect(testBed.sends().slice(mark.ledger)).toHaveLength(1);
});
