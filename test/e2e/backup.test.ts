import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageResponses } from '../../src/messages/contract.ts';
import type { PaymentView } from '../../src/messages/payment.ts';
import { launchPurse, type TestPurse } from './purse.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

const PASSWORD = 'five gates and a wooden bridge';
const FILE_PASSWORD = 'a drawer under the third stair';

const enabled = (page: Page, testId: string) =>
  page.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`);

let folder: string;
let testBed: TestBed;
/** The backup of the first purse, as it was saved. */
let saved: string;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nano-purse-backup-'));
  testBed = await openTestBed({ purse: { password: PASSWORD } });
  page = await testBed.purse.newPage();
});
afterAll(async () => {
  await testBed?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function balanceOf(purse: TestPurse): Promise<string | null> {
  const state = await purse.ask('purse.state', {});
  return state.kind === 'open' ? state.balance : null;
}

/** The newest payment, once it is for this and has come so far. */
async function reached(purse: TestPurse, url: string, state: string): Promise<PaymentView> {
  const { items } = await purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => last?.kind === 'payment' && last.url === url && last.state === state,
  );
  const [last] = items;
  if (last?.kind !== 'payment') throw new Error('no payment');
  return last;
}

/** Saves a backup as a user does, and gives the file. */
async function saveBackup(purse: TestPurse, name: string): Promise<string> {
  const popup = await purse.popup();
  await popup.locator('nav button').last().click();
  await popup.locator('.open-row').first().click();
  await popup.getByTestId('file-password').fill(FILE_PASSWORD);
  await popup.getByTestId('file-password-again').fill(FILE_PASSWORD);
  await popup.getByTestId('file-purse-password').fill(PASSWORD);
  const [download] = await Promise.all([
    popup.waitForEvent('download'),
    enabled(popup, 'save-backup').click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^nano-purse-backup-\d{4}-\d\d-\d\d\.json$/);
  const path = join(folder, name);
  await download.saveAs(path);
  await popup.close();
  return path;
}

async function restorePage(purse: TestPurse): Promise<Page> {
  const view = await purse.newPage();
  await view.goto(purse.url('src/pages/onboarding/index.html'));
  await view.getByTestId('restore').click();
  return view;
}

async function restore(view: Page, path: string, password = FILE_PASSWORD): Promise<void> {
  await view.getByTestId('backup-file').setInputFiles(path);
  await view.getByTestId('backup-password').fill(password);
  await enabled(view, 'restore-done').click();
}

/** A new profile with the purse of a backup in it. */
async function restoredFrom(path: string): Promise<TestPurse> {
  const purse = await launchPurse({ bare: true });
  const view = await restorePage(purse);
  await restore(view, path);
  await view.getByTestId('finish').waitFor();
  await view.close();
  return purse;
}

/** What a purse shows of itself, but for what changes by itself. */
async function shown(purse: TestPurse) {
  const { account, balance, network } = (await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.balance !== null,
  )) as Extract<PageResponses['purse.state'], { kind: 'open' }>;
  return {
    account,
    balance,
    network,
    settings: await purse.ask('settings.read', {}),
    budgets: await purse.ask('budget.list', {}),
    activity: await purse.activity(),
  };
}

test('a purse with every kind of record is saved as one file that shows nothing of it', async () => {
  const { purse, merchant } = testBed;
  for (const [path, state] of [
    ['/article', 'settled'],
    ['/always-refuses', 'refused'],
    ['/loses-answer', 'unanswered'],
  ] as const) {
    void page.goto(testBed.at(path)).catch(() => undefined);
    await (await purse.nextApproval()).approve();
    await reached(purse, testBed.at(path), state);
  }
  const budget = { perPayment: String(2n * PRICE), perDay: String(XNO), initiators: [merchant.otherOrigin] };
  await purse.ask('budget.save', { site: merchant.origin, ...budget });
  void page.goto(`${merchant.otherOrigin}/bare`).catch(() => undefined);
  await (await purse.nextApproval()).never();
  await purse.ask('settings.write', { autoLockMinutes: 17 });
  await purse.ask('settings.preference', { order: ['trackB'] });

  // Neither without the purse's password nor under a password that is too short.
  await expect(purse.ask('backup.save', { password: 'wrong', filePassword: FILE_PASSWORD })).rejects.toThrow(
    'fault_wrongPassword',
  );
  await expect(purse.ask('backup.save', { password: PASSWORD, filePassword: '7 signs' })).rejects.toThrow(
    'fault_shortPassword',
  );
  saved = await saveBackup(purse, 'purse.json');
  const text = readFileSync(saved, 'utf8');
  expect(JSON.parse(text)).toMatchObject({ format: 'nano-purse backup', version: 1 });
  for (const secret of [purse.account, merchant.origin, 'article', 'source'])
    expect(text).not.toContain(secret);
});

test('the whole activity is saved as CSV and as JSON', async () => {
  const { purse } = testBed;
  const popup = await purse.popup();
  await popup.locator('nav button').nth(1).click();
  const fileOf = async (testId: string) => {
    const [download] = await Promise.all([popup.waitForEvent('download'), enabled(popup, testId).click()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };
  const newestFirst = (await purse.activity()).toReversed();

  const csv = await fileOf('export-csv');
  expect(csv.name).toMatch(/^nano-purse-activity-\d{4}-\d\d-\d\d\.csv$/);
  const [head, ...lines] = csv.text.trimEnd().split('\r\n');
  expect(head).toMatch(/^time,kind,state,/);
  expect(lines).toHaveLength(newestFirst.length);
  for (const [index, { id, at, kind, amount, blockHash }] of newestFirst.entries()) {
    const fields = lines[index]?.split(',') ?? [];
    expect(fields.slice(0, 2)).toEqual([new Date(at).toISOString(), kind]);
    expect(fields).toEqual(expect.arrayContaining([amount, blockHash, id]));
  }

  const json = await fileOf('export-json');
  expect(json.name).toMatch(/\.json$/);
  const items: readonly { id: string; amountRaw: string; at: string }[] = JSON.parse(json.text);
  expect(items.map(({ id, amountRaw, at }) => [id, amountRaw, Date.parse(at)])).toEqual(
    newestFirst.map(({ id, amount, at }) => [id, amount, at]),
  );
  await popup.close();
});

describe('in a new profile', () => {
  let purse: TestPurse;
  let view: Page;
  beforeAll(async () => {
    purse = await launchPurse({ bare: true });
    view = await restorePage(purse);
  });
  afterAll(() => purse?.close());

  const damaged: readonly [string, string, (text: string) => string][] = [
    ['cut short', 'not a backup file', (text) => text.slice(0, -100)],
    ['empty', 'not a backup file', () => ''],
    ['something else', 'not a backup file', () => 'a shopping list'],
    [
      'tampered with',
      'not a backup file',
      (text) => text.replace(/"ciphertext":"..../, '"ciphertext":"AAAA'),
    ],
    ['of a newer version', 'newer version', (text) => text.replace('"version":1', '"version":2')],
    ['larger than any backup', 'too large', (text) => text.padEnd(61 * 2 ** 20)],
  ];
  test.each(damaged)(
    'a file that is %s is refused in a sentence, and nothing is written',
    async (how, said, change) => {
      const path = join(folder, `${how}.json`);
      writeFileSync(path, change(readFileSync(saved, 'utf8')));
      await restore(view, path);
      await view.locator('[role="alert"] .notice', { hasText: said }).waitFor();
      expect((await purse.ask('purse.state', {})).kind).toBe('empty');
      expect(await purse.activity()).toEqual([]);
    },
  );

  test('a wrong password is reported, and the right one restores everything', async () => {
    await restore(view, saved, 'the second stair');
    await view.locator('[role="alert"] .notice', { hasText: 'Wrong password' }).waitFor();
    expect((await purse.ask('purse.state', {})).kind).toBe('empty');

    await restore(view, saved);
    await view.getByTestId('finish').waitFor();
    expect(await shown(purse)).toEqual(await shown(testBed.purse));
    expect((await purse.ask('settings.read', {})).autoLockMinutes).toBe(17);
    const state = await purse.ask('purse.state', {});
    const left = state.kind === 'open' ? (state.lockAt ?? 0) - Date.now() : 0;
    expect(left).toBeLessThanOrEqual(17 * 60_000);
  });

  test('the password of the file unlocks the purse from then on, and no file is restored over it', async () => {
    await purse.ask('vault.lock', {});
    await expect(purse.ask('vault.unlock', { password: PASSWORD })).rejects.toThrow('fault_wrongPassword');
    await purse.ask('vault.unlock', { password: FILE_PASSWORD });
    const before = await shown(purse);
    await expect(
      purse.ask('backup.restore', { file: readFileSync(saved, 'utf8'), password: FILE_PASSWORD }),
    ).rejects.toThrow('fault_vaultExists');
    expect(await shown(purse)).toEqual(before);
  });

  test('a kept proof is delivered from here, and nothing is paid for it again', async () => {
    const mark = await testBed.mark();
    const other = await purse.newPage();
    await other.goto(testBed.at('/loses-answer')).catch(() => undefined);
    await purse.until('activity.page', { before: null, limit: 5 }, ({ items }) =>
      items.some(
        (item) => item.kind === 'payment' && item.url?.includes('loses') && item.state === 'settled',
      ),
    );
    expect(testBed.sends().slice(mark.ledger)).toEqual([]);
    await other.close();
  });

  test('where the first purse went on alone, what the second one signs on an old head is signed again: both pay, once each', async () => {
    const { devnet } = testBed;
    const mark = await testBed.mark();
    const [first, second] = [testBed.at('/article', { n: '1' }), testBed.at('/article', { n: '2' })];
    // The second purse hears nothing of what the first one does.
    devnet.faults.set({ kind: 'websocket_dead', how: 'mute' });
    void page.goto(first).catch(() => undefined);
    await reached(testBed.purse, first, 'settled');
    const other = await purse.newPage();
    void other.goto(second).catch(() => undefined);
    const { blockHash } = await reached(purse, second, 'settled');
    devnet.faults.clear();
    await other.close();
    const sends = testBed.sends().slice(mark.ledger);
    expect(sends).toHaveLength(2);
    expect(sends[1]?.hash).toBe(blockHash);
    expect(sends[1]?.block.previous).toBe(sends[0]?.hash);
    await expect
      .poll(() => purse.ask('purse.refresh', {}).then(() => balanceOf(purse)))
      .toBe(String(sends[1]?.block.balance));
  });
});

test('a payment that was signed and not published goes on in the new profile, and is paid once', async () => {
  const { purse, devnet } = testBed;
  const mark = await testBed.mark();
  // The first purse sees what the second one has paid, and signs on top of it.
  await purse.ask('purse.refresh', {});
  // From here on no block of the first purse reaches the ledger.
  devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
  const url = testBed.at('/article', { n: 'late' });
  void page.goto(url).catch(() => undefined);
  const { blockHash } = await reached(purse, url, 'signed');
  const path = await saveBackup(purse, 'signed.json');
  await purse.close();
  expect(testBed.sends().slice(mark.ledger)).toEqual([]);

  devnet.faults.clear();
  const again = await restoredFrom(path);
  await reached(again, url, 'proven');
  const other = await again.newPage();
  await other.goto(url).catch(() => undefined);
  await reached(again, url, 'settled');
  expect(
    testBed
      .sends()
      .slice(mark.ledger)
      .map(({ hash }) => hash),
  ).toEqual([blockHash]);
  await again.close();
});
