/** The decoder in a real browser: whatever a developer pastes, and what a real merchant and a real purse wrote. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestBed, type TestBed } from '../setup.ts';

const PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';
let testBed: TestBed;
let tool: Page;
let required: string;
let proof: string;

beforeAll(async () => {
  testBed = await openTestBed();
  const { purse } = testBed;
  tool = await purse.newPage();
  await tool.goto(purse.url('src/pages/developer/index.html'));
  const page = await purse.newPage();
  void page.goto(testBed.at('/article')).catch(() => undefined);
  await (await purse.nextApproval()).approve();
  await page.locator('#paid').waitFor();
  ({ required, proof } = await journalled());
  await page.close();
});
afterAll(() => testBed?.close());

/** Both headers of the one payment, as the purse keeps them. */
function journalled(): Promise<{ readonly required: string; readonly proof: string }> {
  return tool.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('nano-purse');
        opening.onsuccess = () => {
          const all = opening.result.transaction('payments').objectStore('payments').getAll();
          all.onsuccess = () => {
            const [{ payment }] = all.result;
            opening.result.close();
            resolve({ required: payment.intent.challenge.header, proof: payment.progress.proof });
          };
        };
      }),
  );
}
beforeEach(() => tool.getByTestId('paste').fill(''));

const paste = (text: string) => tool.getByTestId('paste').fill(text);
const found = () => tool.getByTestId('found');
const header = (index = 0) => found().nth(index).locator('h2').textContent();
const code = () => tool.getByTestId('verdict-code').first().textContent();
const findings = () =>
  tool.locator('[data-finding]').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.finding));

describe('what a merchant and the purse really wrote', () => {
  test('the offer: what it asks for, and the rule that decided', async () => {
    await paste(required);
    expect(await header()).toBe('PAYMENT-REQUIRED');
    expect(await code()).toBe('NS7_SESSION');
    expect(await tool.getByTestId('verdict-rule').textContent()).toMatch(/Rule 4 .*Rev 7, 4\.2/);
    const [payment] = await testBed.purse.payments();
    expect(await tool.getByTestId('wire-amount').getAttribute('data-raw')).toBe(payment?.amount);
    expect(await findings()).toContain('wire_payable');
  });

  test('the proof: the block, and nothing wrong with it', async () => {
    await paste(`PAYMENT-SIGNATURE: ${proof}`);
    expect(await header()).toBe('PAYMENT-SIGNATURE');
    const [payment] = await testBed.purse.payments();
    expect(await tool.getByTestId('wire-hash').textContent()).toBe(payment?.blockHash);
    expect(await tool.locator('.finding-wrong').count()).toBe(0);
  });

  test('both at once, from a HAR', async () => {
    const url = testBed.at('/article');
    const entry = {
      request: { method: 'GET', url, headers: [{ name: 'payment-signature', value: proof }] },
      response: {
        status: 402,
        headers: [
          { name: 'Payment-Required', value: required },
          { name: 'PAYMENT-RESPONSE', value: btoa('{"x402Version":2,"error":"Payment already spent"}') },
        ],
      },
    };
    await paste(JSON.stringify({ log: { entries: [entry] } }));
    expect(await Promise.all([0, 1, 2].map(header))).toEqual([
      'PAYMENT-SIGNATURE',
      'PAYMENT-REQUIRED',
      'PAYMENT-RESPONSE',
    ]);
    expect(await found().nth(1).locator('.hint.code').first().textContent()).toBe(url);
    expect(await findings()).toContain('wire_final');
  });
});

test.each<[string, string, string]>([
  [
    'a cURL command',
    `curl -i http://127.0.0.1:1/x \\\n -H 'PAYMENT-SIGNATURE: %%%'`,
    'wire_strangeCharacters',
  ],
  ['plain JSON for a header', 'PAYMENT-REQUIRED: {"x402Version":2}', 'wire_notEncoded'],
  ['two headers in one', 'PAYMENT-REQUIRED: eyJ9,eyJ9', 'wire_comma'],
  ['a cut value', 'eyJ4NDAyVmVyc2lvbi', 'wire_leftOverBits'],
  ['another version', '{"x402Version":1,"accepts":[{"network":"base"}]}', 'refusal_PAYS_OTHER_COIN'],
  ['a number for an amount', envelope({ amount: 5 }), 'wire_amountIsNumber'],
  ['a decimal', envelope({ amount: '0.01' }), 'wire_amountIsDecimal'],
  ['an answer', btoa('{"x402Version":2,"error":"Block not confirmed"}'), 'wire_early'],
  ['a proof of version 1', 'X-PAYMENT: eyJ4NDAyVmVyc2lvbiI6MX0', 'wire_noPayload'],
  ['a shown hash', `X-Nano-Payment: ${'A'.repeat(64)}`, 'wire_hashIsPublic'],
  ['a deposit', `x-payment-address: ${PAYEE}\nx-payment-amount: 0.01`, 'refusal_PAYS_BY_DEPOSIT'],
  ['an offer on another chain', envelope({ network: 'eip155:8453' }), 'wire_otherChain'],
  ['a text that is no header', 'How do I charge for my API?', 'wire_stoppedAt'],
  ['a header as Node prints it', `Headers { 'x-payment': '${btoa('{"x402Version":1}')}' }`, 'wire_noPayload'],
  ['a header in plain JSON', `PAYMENT-REQUIRED: ${envelope({ amount: '1' })}`, 'wire_pastedPlain'],
])('%s: says what is wrong', async (_, text, finding) => {
  await paste(text);
  await found().first().waitFor();
  expect(await findings()).toContain(finding);
});

test('texts of servers are shown cleaned, and as text', async () => {
  const evil = '<img src=x onerror="document.title=1">\u202Etxt.exe\u0007';
  const title = await tool.title();
  await paste(envelope({ amount: '1', extra: { [evil]: evil } }, { error: evil, resource: { url: evil } }));
  await found().first().waitFor();
  await tool.locator('details').evaluateAll((all) => {
    for (const one of all) (one as HTMLDetailsElement).open = true;
  });
  expect(await tool.locator('main img').count()).toBe(0);
  expect(await tool.title()).toBe(title);
  const text = await tool.locator('main').innerText();
  expect(text).toContain('<img src=x');
  expect(text).not.toMatch(/[\p{Cf}]|[^\P{Cc}\n\t]/u);
});

test('the tree is opened by keyboard', async () => {
  await paste(required);
  const summary = tool.locator('.wire-entry summary').first();
  await summary.focus();
  await tool.keyboard.press('Enter');
  await tool.locator('.wire-entry .tree-name', { hasText: 'maxTimeoutSeconds' }).waitFor();
});

test('the kind of text can be chosen by hand, and the text never leaves the page', async () => {
  const requests: string[] = [];
  tool.on('request', (request) => requests.push(request.url()));
  await paste(required);
  await tool.getByTestId('kind').selectOption('PAYMENT-RESPONSE');
  expect(await header()).toBe('PAYMENT-RESPONSE');
  expect(await tool.getByTestId('wire-shape').textContent()).toContain('Unknown');
  await tool.getByTestId('kind').selectOption('automatic');
  expect(requests).toEqual([]);
});

/** An offer of one entry, as a developer has it: decoded. */
function envelope(entry: object, parts: object = {}): string {
  const sound = {
    scheme: 'exact',
    network: 'nano:mainnet',
    asset: 'XNO',
    payTo: PAYEE,
    maxTimeoutSeconds: 60,
  };
  const resource = { url: 'https://shop.test/' };
  return JSON.stringify({ x402Version: 2, resource, accepts: [{ ...sound, ...entry }], ...parts });
}
