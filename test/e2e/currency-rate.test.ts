/** The rate of the user's currency, from a source that they name. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestBed, type TestBed } from './setup.ts';
import { ANY_CERTIFICATE, startTwoFaced, type TwoFaced } from './two-faced.ts';
import { setWorkerClock } from './worker-clock.ts';

const HOUR = 3_600_000;

let testBed: TestBed;
let source: TwoFaced;
let popup: Page;
let answer: (response: ServerResponse) => void;
/** The requests that the source got. */
let requests: IncomingMessage[] = [];

beforeAll(async () => {
  testBed = await openTestBed({ purse: { extraArgs: [ANY_CERTIFICATE] } });
  source = await startTwoFaced(
    (request, response) => {
      requests.push(request);
      answer(response);
    },
    (_, response) => response.writeHead(404).end(),
  );
  await testBed.purse.ask('settings.write', { autoLockMinutes: 1440 });
});
afterAll(async () => {
  await testBed?.close();
  await source?.close();
});
beforeEach(async () => {
  requests = [];
  popup = await openSettings();
});
afterEach(() => popup.close());

async function openSettings(): Promise<Page> {
  const opened = await testBed.purse.popup();
  await opened.locator('nav button').last().click();
  await opened.getByTestId('rate-source').waitFor();
  return opened;
}

const tells = (json: object) => {
  answer = (response) => response.setHeader('Set-Cookie', 'seen=1').end(JSON.stringify(json));
};
const url = () => `${source.secure}/price?ids=nano`;
const rate = () => popup.getByTestId('rate-now');
const usable = (testId: string) => popup.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`);
const settings = () => testBed.purse.ask('settings.read', {});

async function name(path: string): Promise<void> {
  await popup.getByTestId('rate-source').click();
  await popup.getByTestId('rate-code').fill('eur');
  await popup.getByTestId('rate-url').fill(url());
  await popup.getByTestId('rate-path').fill(path);
  await usable('rate-save').click();
}

test('a source whose answer has no number there is refused by name, and nothing is kept', async () => {
  tells({ nano: { eur: 0.85 } });
  await name('nano.usd');
  await popup
    .getByRole('alert')
    .getByText(`${new URL(source.secure).host} has no positive number at nano.usd`)
    .waitFor();
  expect(await settings()).toMatchObject({ currency: null, rateSource: null });
  // Only the source itself may be named: no page without TLS.
  await popup.getByTestId('rate-url').fill(source.plain);
  await popup.getByText('Enter a URL that starts with https://').waitFor();
  expect(await usable('rate-save').count()).toBe(0);
});

test('a source is asked without cookies when it is named, and not again within the hour', async () => {
  tells({ nano: { eur: 0.85 } });
  await name('nano.eur');
  await rate().getByText('1 XNO is €0.85').waitFor();
  await popup.getByTestId('rate-age').getByText('rate of 1 minute ago').waitFor();
  expect(await settings()).toMatchObject({
    currency: { code: 'EUR', rate: '0.85' },
    rateSource: { url: url(), path: 'nano.eur', fault: null },
  });
  await popup.close();
  popup = await openSettings();
  await rate().waitFor();
  await testBed.purse.ask('settings.refreshRate', {});
  expect(requests.map(({ headers }) => [headers.cookie, headers.referer])).toEqual([[undefined, undefined]]);
});

test('an hour later, opening the purse asks again; a payment request in the answer is no question, and the rate stays', async () => {
  await setWorkerClock(testBed.purse, HOUR);
  const priced = await fetch(testBed.at('/api/data'));
  const offer = priced.headers.get('payment-required') ?? '';
  answer = (response) => response.writeHead(402, { 'payment-required': offer }).end('{"nano":{"eur":2}}');
  await popup.close();
  popup = await openSettings();
  await popup.getByText('answered with HTTP 402').waitFor();
  expect(requests).toHaveLength(1);
  expect(await settings()).toMatchObject({ currency: { code: 'EUR', rate: '0.85' } });
  expect(await testBed.purse.ask('approval.waiting', {})).toEqual([]);
  expect(await testBed.purse.ask('log.list', {})).toEqual([]);

  await setWorkerClock(testBed.purse, 2 * HOUR);
  tells({ nano: { eur: 0.9 } });
  await popup.close();
  popup = await openSettings();
  await rate().getByText('€0.90').waitFor();
});

test('switched off, the source is asked no more, and its last rate stays as if it had been typed', async () => {
  await popup.getByTestId('rate-source').click();
  await testBed.purse.until('settings.read', {}, ({ rateSource }) => rateSource === null);
  expect(await popup.getByTestId('currency-rate').inputValue()).toBe('0.9');
  await setWorkerClock(testBed.purse, 4 * HOUR);
  await popup.close();
  popup = await openSettings();
  await testBed.purse.ask('settings.refreshRate', {});
  expect(requests).toEqual([]);
});
