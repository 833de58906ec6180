/** A site has a budget; somebody on the line answers for it where its visitors come without encryption. */
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestBed, PRICE, type TestBed, XNO } from '../setup.ts';
import { ANY_CERTIFICATE, startTwoFaced, type TwoFaced } from '../two-faced.ts';

let testBed: TestBed;
let site: TwoFaced;
let page: Awaited<ReturnType<TestBed['purse']['newPage']>>;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { extraArgs: [ANY_CERTIFICATE] } });
  site = await startTwoFaced(
    ({ headers, url }, response) => sell(response, `${site.secure}${url}`, headers['payment-signature']),
    ({ url }, response) => response.writeHead(301, { Location: `${site.secure}${url}` }).end(),
  );
  await budget({});
});
afterAll(async () => {
  await testBed?.close();
  await site?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

const budget = (more: { readonly initiators?: string[] }) =>
  testBed.purse.ask('budget.save', {
    site: site.secure,
    perPayment: String(XNO),
    perDay: String(5n * XNO),
    paused: false,
    ...more,
  });

/** Asks for money until a proof is brought. */
function sell(response: ServerResponse, url: string, proof: unknown): void {
  response.setHeader('Content-Type', 'text/html').setHeader('Cache-Control', 'no-store');
  if (proof !== undefined) return void response.end('<!doctype html><p id="paid">Paid');
  const offer = {
    x402Version: 2,
    resource: { url },
    accepts: [
      {
        scheme: 'exact',
        network: testBed.devnet.profile.id,
        asset: 'XNO',
        payTo: testBed.merchant.payTo,
        maxTimeoutSeconds: 180,
        amount: String(PRICE),
        extra: { nanoSignature: { url, messageToSign: 'block_hash+url' } },
      },
    ],
  };
  response.setHeader('PAYMENT-REQUIRED', Buffer.from(JSON.stringify(offer)).toString('base64'));
  response.writeHead(402).end('<!doctype html><p>Pay first');
}

const payments = async () => (await testBed.purse.payments()).length;
const paid = () => page.locator('#paid').waitFor();

test('a typed address with encryption is paid from the budget', async () => {
  const before = await payments();
  await page.goto(`${site.secure}/direct`);
  await paid();
  expect(await payments()).toBe(before + 1);
});

test('a typed http address that redirects to the site is asked about, with the redirecting origin named', async () => {
  const before = await payments();
  void page.goto(`${site.plain}/led`).catch(() => undefined);
  const { offer, decline } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({ site: site.secure, askedBy: site.plain, reason: 'reason_crossSite' });
  await decline();
  expect(await payments()).toBe(before);
});

test('an address that the browser itself upgrades to https counts as the site’s own', async () => {
  // As HSTS and HTTPS-First do: before anything is sent.
  const ownPage = await testBed.purse.popup();
  await ownPage.evaluate(() =>
    chrome.declarativeNetRequest.updateSessionRules({
      addRules: [
        {
          id: 900_000,
          action: { type: 'upgradeScheme' as chrome.declarativeNetRequest.RuleActionType },
          condition: {
            urlFilter: '/upgraded',
            resourceTypes: ['main_frame' as chrome.declarativeNetRequest.ResourceType],
          },
        },
      ],
    }),
  );
  await ownPage.close();
  await page.bringToFront();
  const before = await payments();
  await page.goto(`${site.plain}/upgraded`);
  await paid();
  expect(await payments()).toBe(before + 1);
});

test('a budget that its user gave to the unencrypted site too is spent from there', async () => {
  await budget({ initiators: [site.plain] });
  const before = await payments();
  await page.goto(`${site.plain}/allowed`);
  await paid();
  expect(await payments()).toBe(before + 1);
  await budget({ initiators: [] });
});
