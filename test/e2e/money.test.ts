import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAddress } from '../devnet/address.ts';
import { qrPng } from './qr-png.ts';
import { fund, openTestBed, type TestBed, XNO } from './setup.ts';

const PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';

let testBed: TestBed;
let popup: Page;

beforeAll(async () => {
  testBed = await openTestBed({ funds: 0n });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  popup = await testBed.purse.popup();
});
afterEach(() => popup.close());

const balance = (raw: bigint) => popup.locator(`[data-testid="balance"][data-raw="${raw}"]`).waitFor();
const tab = (name: 'home' | 'activity' | 'budgets' | 'settings') =>
  popup.locator('nav button').nth(['home', 'activity', 'budgets', 'settings'].indexOf(name)).click();
const keyOf = (address: string) => {
  const key = readAddress(address);
  if (key === undefined) throw new RangeError(address);
  return key;
};
const chainOf = (address: string) => testBed.devnet.ledger.chain(keyOf(address));
const usable = (testId: string) => popup.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`);

describe('money that comes', () => {
  test('an empty purse shows where to send it', async () => {
    await balance(0n);
    expect(await popup.getByTestId('address').getAttribute('data-account')).toBe(testBed.purse.account);
    await popup.locator('.receive svg.qr').waitFor();
  });

  test('opens the account, without an action of the user', async () => {
    const { purse, devnet } = testBed;
    const hash = await devnet.faucet(purse.account, XNO);
    await balance(XNO);
    await expect
      .poll(() => chainOf(purse.account))
      .toMatchObject([{ subtype: 'receive', amount: XNO, height: 1, block: { link: hash } }]);
  });

  test('several at once are all received, each once', async () => {
    const { purse, devnet } = testBed;
    const sources = await Promise.all([1n, 2n, 3n, 4n].map((n) => devnet.faucet(purse.account, n * XNO)));
    // The balance counts the purse's own block a moment before the ledger has it.
    await balance(11n * XNO);
    const received = () =>
      chainOf(purse.account)
        .filter(({ subtype }) => subtype === 'receive')
        .slice(1)
        .map(({ block }) => block.link)
        .toSorted();
    await expect.poll(received).toEqual(sources.toSorted());
    expect(devnet.ledger.receivables(keyOf(purse.account))).toEqual([]);
  });

  test('that arrived while the purse was locked is received after it is unlocked', async () => {
    const { purse, devnet } = testBed;
    await purse.ask('vault.lock', {});
    await popup.getByTestId('unlock-password').waitFor();
    await devnet.confirmed(await devnet.faucet(purse.account, XNO));
    await popup.getByTestId('unlock-password').fill('correct horse battery staple');
    await popup.keyboard.press('Enter');
    await balance(12n * XNO);
  });
});

describe('money that goes', () => {
  test('an amount is sent to an address, to the raw', async () => {
    const { purse } = testBed;
    await popup.getByTestId('send').click();
    await popup.getByTestId('send-to').fill(`  ${PAYEE} `);
    await popup.getByTestId('send-amount').fill('1.000000000000000000000000000001');
    await usable('send-review').click();
    expect(await popup.getByTestId('send-payee').getAttribute('data-account')).toBe(PAYEE);
    expect(await popup.getByTestId('send-total').getAttribute('data-raw')).toBe(String(XNO + 1n));
    await popup.getByTestId('send-now').click();
    const hash = await popup.getByTestId('sent-hash').textContent();
    expect(testBed.sends().at(-1)).toMatchObject({
      hash,
      amount: XNO + 1n,
      block: { link: readAddress(PAYEE) },
    });
    await tab('home');
    await balance(11n * XNO - 1n);
    // A raw less than 11 reads as 11; every digit is one click away.
    expect(await popup.getByTestId('balance').textContent()).toBe('11 XNO');
    await popup.locator('.balance .exact summary').click();
    await popup
      .locator('.balance .exact')
      .getByText(`${'10.'.padEnd(33, '9')} XNO`)
      .waitFor();
    const [last] = (await purse.activity()).slice(-1);
    expect(last).toMatchObject({
      kind: 'sent',
      blockHash: hash,
      amount: String(XNO + 1n),
      counterparty: PAYEE,
    });
  });

  test.each([
    ['an address with a wrong digit', PAYEE.replace(/.$/, (last) => (last === '1' ? '3' : '1')), '1'],
    ['no address', 'nobody', '1'],
    ['nothing', PAYEE, '0'],
    ['a negative amount', PAYEE, '-1'],
    ['more digits than a raw has', PAYEE, `0.${'0'.repeat(30)}1`],
    ['more than there is', PAYEE, '11'],
  ])('%s cannot be sent', async (_, to, amount) => {
    await popup.getByTestId('send').click();
    await popup.getByTestId('send-to').fill(to);
    await popup.getByTestId('send-amount').fill(amount);
    await popup.locator('.field-fault', { hasText: /./ }).first().waitFor();
    expect(await usable('send-review').count()).toBe(0);
    await popup.getByTestId('send-review').click({ force: true });
    await popup.getByTestId('send-to').press('Enter');
    expect(await popup.getByTestId('send-now').count()).toBe(0);
  });

  const LINK = `NANO:${PAYEE.toUpperCase()}?AMOUNT=10000000000000000000000000000`;
  const field = (testId: string) => popup.getByTestId(testId).inputValue();

  test('what was typed is there again after the popup was closed, and is gone after a lock', async () => {
    const { purse } = testBed;
    await popup.getByTestId('send').click();
    await popup.getByTestId('send-to').fill(LINK);
    expect([await field('send-to'), await field('send-amount')]).toEqual([PAYEE, '0.01']);
    await popup.getByTestId('send-amount').fill('0,5');
    await purse.until('send.draft', {}, (draft) => draft?.amount === '0,5');
    await popup.close();
    popup = await purse.popup();
    await popup.getByTestId('send').click();
    expect([await field('send-to'), await field('send-amount')]).toEqual([PAYEE, '0,5']);
    await purse.ask('vault.lock', {});
    await expect(purse.ask('send.draft', {})).rejects.toThrow('fault_locked');
    await popup.getByTestId('unlock-password').fill('correct horse battery staple');
    await popup.keyboard.press('Enter');
    await usable('send').or(popup.getByTestId('send-to')).first().waitFor();
    expect(await purse.ask('send.draft', {})).toBeNull();
  });

  test('an account gets a name, and is offered again with it', async () => {
    const { purse } = testBed;
    await popup.getByTestId('send').click();
    const offered = popup.getByTestId('recipient');
    await offered.first().waitFor();
    expect(await offered.evaluateAll((all) => all.map(({ dataset }) => dataset.account))).toEqual([PAYEE]);
    await offered.click();
    expect(await field('send-to')).toBe(PAYEE);
    expect(await popup.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe(
      'send-amount',
    );
    await popup.getByTestId('send-name').fill('Corner shop');
    await popup.getByTestId('send-amount').fill(',5 XNO');
    await usable('send-review').click();
    expect(await popup.getByTestId('send-payee-name').textContent()).toBe('Corner shop');
    expect(await popup.getByTestId('send-total').getAttribute('data-raw')).toBe(String(XNO / 2n));
    await popup.getByTestId('send-now').click();
    await popup.getByTestId('sent-hash').waitFor();
    expect(await purse.ask('send.draft', {})).toBeNull();
    await tab('home');
    await popup.getByTestId('send').click();
    expect(await field('send-to')).toBe('');
    await offered.getByText('Corner shop').waitFor();
  });

  test('the name of an account stands beside its address in the activity and its story', async () => {
    await tab('activity');
    const row = popup.getByTestId('activity-row').filter({ hasText: 'Corner shop' }).first();
    await row.getByText(`${PAYEE.slice(0, 10)}`).waitFor();
    await row.click();
    const account = popup.locator(`[data-account="${PAYEE}"]`);
    expect(await account.getByTestId('account-name').textContent()).toBe('Corner shop');
    expect(await account.textContent()).toContain(PAYEE.slice(-6));
  });

  test('account and amount are taken from a QR code in an image', async () => {
    const image = (buffer: Buffer) => ({ name: 'code.png', mimeType: 'image/png', buffer });
    await popup.getByTestId('send').click();
    const file = popup.getByTestId('send-qr-file');
    await file.setInputFiles(image(Buffer.from('no image')));
    await popup.locator('[role="alert"] .notice').waitFor();
    await file.setInputFiles(image(qrPng(LINK)));
    await popup.locator('[data-testid="send-name"]').waitFor();
    expect([await field('send-to'), await field('send-amount')]).toEqual([PAYEE, '0.01']);
  });

  test('Paste takes a text or a QR code from the clipboard, and says what to do where the browser refuses', async () => {
    await popup.getByTestId('send').click();
    await popup.getByTestId('send-to').fill('');
    // Without its user, the browser neither grants nor refuses to read the clipboard: it asks.
    const clipboard = (content: { readonly text?: string; readonly image?: readonly number[] } | null) =>
      popup.evaluate((copied) => {
        const read = async () => {
          if (copied === null) throw new DOMException('denied', 'NotAllowedError');
          const { text, image = [] } = copied;
          const type = text === undefined ? 'image/png' : 'text/plain';
          return [new ClipboardItem({ [type]: new Blob([text ?? Uint8Array.from(image)], { type }) })];
        };
        Object.defineProperty(navigator.clipboard, 'read', { value: read, configurable: true });
      }, content);
    await clipboard(null);
    await popup.getByTestId('send-paste').click();
    await popup.locator('[role="alert"] .notice', { hasText: 'Ctrl+V' }).waitFor();
    for (const content of [{ text: `  nano:${PAYEE} ` }, { image: [...qrPng(PAYEE)] }]) {
      await clipboard(content);
      await popup.getByTestId('send-to').fill('');
      await popup.getByTestId('send-paste').click();
      await popup.getByTestId('send-name').waitFor();
      expect(await field('send-to')).toBe(PAYEE);
    }
  });

  test('everything is sent, and nothing is left', async () => {
    const { purse } = testBed;
    await popup.getByTestId('send').click();
    await popup.getByTestId('send-to').fill(PAYEE);
    await popup.getByTestId('send-everything').check();
    await usable('send-review').click();
    await popup.getByTestId('send-now').click();
    await popup.getByTestId('sent-hash').waitFor();
    expect(chainOf(purse.account).at(-1)?.block.balance).toBe(0n);
    await tab('home');
    await balance(0n);
  });
});

test('the activity shows everything that moved, newest first, each with its block', async () => {
  const { purse, devnet } = testBed;
  await fund(devnet, purse, XNO);
  const page = await purse.newPage();
  void page.goto(testBed.at('/article')).catch(() => undefined);
  await (await purse.nextApproval()).approve();
  await page.locator('#paid').waitFor();
  await page.close();

  await tab('activity');
  const rows = popup.getByTestId('activity-row');
  await popup.locator('[data-kind="payment"][data-state="settled"]').waitFor();
  const kinds = await rows.evaluateAll((all) => all.map((row) => row.dataset.kind));
  expect(kinds).toEqual(['payment', 'received', 'sent', 'sent', 'sent', ...Array(6).fill('received')]);
  await rows.first().click();
  await popup.locator('[data-testid="payment-state"][data-state="settled"]').waitFor();
  expect(await popup.getByTestId('block-hash').textContent()).toBe(testBed.sends().at(-1)?.hash);
  expect(await popup.getByTestId('http-status').textContent()).toContain('200');
});

test('amounts of real money are shown with their worth at a rate that the user types', async () => {
  const { purse } = testBed;
  await tab('settings');
  await popup.getByTestId('currency-code').fill('eur');
  await popup.getByTestId('currency-rate').fill('0,85');
  await usable('currency-save').click();
  await purse.until('settings.read', {}, ({ currency }) => currency?.rate === '0.85');
  await tab('home');
  await popup.getByTestId('balance').waitFor();
  // The money of a test network has no value.
  expect(await popup.getByTestId('balance-value').count()).toBe(0);
  const { networks, activeNetwork } = await purse.ask('settings.read', {});
  const [network] = networks.filter(({ id }) => id === activeNetwork);
  if (network === undefined) throw new Error('no network');
  const { builtIn: _, ...kept } = network;
  const profile = { ...kept, rpcUrls: [...kept.rpcUrls], otherWsUrls: [...(kept.otherWsUrls ?? [])] };
  await purse.ask('network.save', { profile: { ...profile, testMoney: false } });
  // Real money lies on accounts of its own.
  const real = await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && !state.network.testMoney,
  );
  const account = real.kind === 'open' ? real.account : '';
  await fund(testBed.devnet, { ...purse, account }, XNO);
  await popup.locator(`[data-testid="balance"][data-raw="${XNO}"]`).waitFor();
  const balanceNow = await popup.getByTestId('balance').getAttribute('data-raw');
  const worth = (Number(balanceNow) / 1e30) * 0.85;
  await popup
    .getByTestId('balance-value')
    .getByText(`about €${worth.toFixed(2)}`)
    .waitFor();
  const page = await purse.newPage();
  void page.goto(testBed.at('/article', { n: 'worth' })).catch(() => undefined);
  const { decline } = await purse.nextApproval();
  const view = await purse.newPage();
  await view.goto(purse.url('src/pages/approve/index.html'));
  await view.getByTestId('approval-value').getByText('about €0.0085').waitFor();
  await view.close();
  await decline();
  await page.close();
  await purse.ask('settings.write', { currency: null });
  await purse.ask('network.save', { profile });
  await purse.until('purse.state', {}, (state) => state.kind === 'open' && state.account === purse.account);
});

test('a network is added, used, edited and removed by hand; the purse asks its nodes and no others', async () => {
  const { purse, devnet, merchant } = testBed;
  const named = (label: string) => popup.locator('.choice', { hasText: label });
  await tab('settings');
  await popup
    .locator('section', { has: popup.locator('#network-title') })
    .locator('button')
    .last()
    .click();
  await popup.getByTestId('network-label').fill('Second devnet');
  await popup.getByTestId('network-id').fill('nano:second');
  await popup.getByTestId('network-rpcUrls').fill('localhost:7076\nhttps://a.example, https://b.example');
  await popup.getByTestId('network-representative').fill(PAYEE);
  await popup.getByTestId('network-save').click();
  await popup.locator('.field-fault', { hasText: 'Did you mean http://localhost:7076?' }).waitFor();
  await popup.locator('.field-fault', { hasText: 'Line 2 has more than one URL.' }).waitFor();
  const focused = popup.locator('[data-testid="network-rpcUrls"]:focus');
  await focused.waitFor();
  await popup.getByTestId('network-rpcUrls').fill(devnet.rpcUrl);
  await popup.getByTestId('network-wsUrl').fill(devnet.wsUrl);
  await popup.getByTestId('network-send').fill(devnet.profile.thresholds.send);
  await popup.getByTestId('network-receive').fill(devnet.profile.thresholds.receive);
  await popup.getByTestId('network-save').click();
  // It is chosen once the purse is on it.
  await named('Second devnet').locator('input').click();
  await expect.poll(() => named('Second devnet').locator('input').isChecked()).toBe(true);
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.network.id === 'nano:second',
  );
  await popup.locator('.bar .chip', { hasText: 'Second devnet' }).waitFor();

  // It pays offers of its own network only.
  const mark = await testBed.mark();
  const page = await purse.newPage();
  await page.goto(testBed.at('/page', { fetch: '1' }));
  await page.locator('#fetch-result[data-status="402"]').waitFor();
  const [line] = await purse.until('log.list', {}, ({ length }) => length > 0);
  expect(line).toMatchObject({ key: 'refusal_UNSUPPORTED_NETWORK', site: merchant.origin });
  await testBed.nothingSince(mark);
  await page.close();

  await named('Second devnet').locator('button').click();
  await popup.getByTestId('network-label').fill('Second, renamed');
  await popup.getByTestId('network-save').click();
  await named('Second, renamed').locator('button').click();
  await popup.locator('.button-danger').click();
  await popup.locator('.confirm .button-danger').click();
  await popup.locator('#network-title').waitFor();
  const { networks } = await purse.ask('settings.read', {});
  expect(networks.map(({ id }) => id)).not.toContain('nano:second');
  await purse.ask('network.use', { id: devnet.profile.id });
});
