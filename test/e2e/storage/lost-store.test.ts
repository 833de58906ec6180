import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newProfile, removeProfile } from '../profile.ts';
import { launchPurse, type TestPurse, useNetwork } from '../purse.ts';
import { openTestBed, type TestBed } from '../setup.ts';

const PASSWORD = 'a password of this test alone 7';
const OTHER_PASSWORD = 'fjord tulip oboe zinc';
const SEED = '5A'.repeat(32);
/** What is left of 10 XNO after one payment, to the first four digits. */
const BALANCE = /^9989/;

let testBed: TestBed;
let account: string;
let backup: string;
/** The profile of a browser whose purse has paid once; the browser is closed. */
let whole: string;
/** A copy of it, for one test. */
let profile: string;
let purse: TestPurse | undefined;

beforeAll(async () => {
  whole = newProfile();
  testBed = await openTestBed({
    purse: { profile: whole, password: PASSWORD, seed: SEED },
    testMoney: false,
  });
  account = testBed.purse.account;
  const page = await testBed.purse.newPage();
  await page.goto(`${testBed.merchant.origin}/`);
  const answer = page.evaluate(async (url) => (await fetch(url)).status, testBed.at('/api/data'));
  await (await testBed.purse.nextApproval()).approve();
  expect(await answer).toBe(200);
  ({ file: backup } = await testBed.purse.ask('backup.save', { password: PASSWORD, filePassword: PASSWORD }));
  await testBed.purse.close();
});
afterAll(async () => {
  await testBed?.close();
  await removeProfile(whole);
});
afterEach(async () => {
  await purse?.close();
  purse = undefined;
  await removeProfile(profile);
});

/** Starts the browser on a copy of the profile that was damaged. */
async function startAfter(damage: (databases: string) => void): Promise<TestPurse> {
  profile = newProfile();
  cpSync(whole, profile, { recursive: true, filter: (path) => !/Singleton/.test(path) });
  damage(join(profile, 'Default', 'IndexedDB'));
  return again();
}

/** Ends the browser and starts it again. */
async function again(): Promise<TestPurse> {
  await purse?.close();
  purse = await launchPurse({ profile, bare: true });
  return purse;
}

/** The folder of the purse's database. */
function folderIn(databases: string): string {
  const name = readdirSync(databases).find((each) => each.endsWith('.leveldb'));
  if (name === undefined) throw new Error('the purse has no database');
  return join(databases, name);
}

function fileIn(databases: string, test: RegExp): string {
  const folder = folderIn(databases);
  const name = readdirSync(folder).find((each) => test.test(each));
  if (name === undefined) throw new Error(`the database has no file ${test}`);
  return join(folder, name);
}

const DAMAGES: readonly (readonly [string, (databases: string) => void])[] = [
  ['an emptied log', (databases) => truncateSync(fileIn(databases, /\.log$/), 0)],
  ['a removed log', (databases) => rmSync(fileIn(databases, /\.log$/))],
  [
    'a log with one byte flipped near its start',
    (databases) => {
      const file = fileIn(databases, /\.log$/);
      const bytes = readFileSync(file);
      bytes[40] = (bytes[40] ?? 0) ^ 0xff;
      writeFileSync(file, bytes);
    },
  ],
  ['an emptied index of its files', (databases) => truncateSync(fileIn(databases, /^MANIFEST/), 0)],
  ['an emptied pointer to its index', (databases) => truncateSync(fileIn(databases, /^CURRENT$/), 0)],
  ['a removed folder', (databases) => rmSync(folderIn(databases), { recursive: true })],
  [
    'a file where its folder was',
    (databases) => {
      rmSync(databases, { recursive: true });
      writeFileSync(databases, '');
    },
  ],
];

/** What a purse knows again that was on a network of tests: which one that was, the user tells it. */
async function expectMoney(of: TestPurse): Promise<void> {
  await useNetwork(of.ask, { ...testBed.devnet.profile, testMoney: false });
  await of.until('purse.state', {}, (state) => state.kind === 'open' && BALANCE.test(state.balance ?? ''));
}

describe('a purse whose database has', () => {
  test.each(DAMAGES)(
    '%s is reported as lost, and opens with its password and its money',
    async (_, damage) => {
      const opened = await startAfter(damage);
      const popup = await opened.popup();
      await popup.getByRole('heading', { name: 'Your wallet data is missing' }).waitFor();
      expect(await popup.getByTestId('seed-account').getAttribute('data-account')).toBe(account);
      await popup.getByTestId('unlock-password').fill(PASSWORD);
      await popup.getByTestId('unlock').click();
      await popup.getByTestId('balance').or(popup.getByText('Not known yet')).first().waitFor();
      expect(await opened.ask('purse.state', {})).toMatchObject({
        kind: 'open',
        account,
        seedCopyFault: null,
      });
      await expectMoney(opened);

      const next = await again();
      expect(await next.ask('purse.state', {})).toMatchObject({ kind: 'locked', seed: { kind: 'kept' } });
      await next.ask('vault.unlock', { password: PASSWORD });
      await next.until(
        'purse.state',
        {},
        (state) => state.kind === 'open' && BALANCE.test(state.balance ?? ''),
      );
    },
  );

  test('a log that was cut in its last quarter keeps what was written before the cut', async () => {
    const opened = await startAfter((databases) => {
      const file = fileIn(databases, /\.log$/);
      truncateSync(file, Math.floor(readFileSync(file).length * 0.75));
    });
    expect(await opened.ask('purse.state', {})).toMatchObject({ kind: 'locked', seed: { kind: 'kept' } });
    await opened.ask('vault.unlock', { password: PASSWORD });
    await opened.until('purse.state', {}, (state) => state.kind === 'open' && state.account === account);
  });

  test('lost its second copy makes that anew by the next unlocking', async () => {
    const opened = await startAfter((databases) => {
      rmSync(join(databases, '..', 'File System'), { recursive: true });
    });
    await opened.ask('vault.unlock', { password: PASSWORD });
    await opened.close();
    rmSync(join(profile, 'Default', 'IndexedDB'), { recursive: true });
    purse = undefined;
    const next = await again();
    expect(await next.ask('purse.state', {})).toMatchObject({
      kind: 'locked',
      seed: { kind: 'lost', account },
    });
  });
});

test('a purse whose file and database have different seeds asks which one counts, and goes on with that', async () => {
  const other = newProfile();
  const second = await launchPurse({ profile: other, password: OTHER_PASSWORD, seed: '7B'.repeat(32) });
  const otherAccount = second.account;
  await second.close();
  const opened = await startAfter((databases) => {
    const files = join(databases, '..', 'File System');
    rmSync(files, { recursive: true });
    cpSync(join(other, 'Default', 'File System'), files, { recursive: true });
  });
  await removeProfile(other);
  const popup = await opened.popup();
  await popup.getByRole('heading', { name: 'Two copies of your wallet differ' }).waitFor();
  expect(
    await popup.locator('[data-account]').evaluateAll((all) => all.map((each) => each.dataset.account)),
  ).toEqual([account, otherAccount]);
  await popup.getByTestId('unlock-password').fill(PASSWORD);
  expect(await popup.getByTestId('unlock').getAttribute('aria-disabled')).toBe('true');
  await popup.getByTestId('copy-first').check();
  await popup.getByTestId('unlock').click();
  await popup.getByTestId('lock').waitFor();
  expect(await opened.ask('purse.state', {})).toMatchObject({ kind: 'open', account });
  expect(await (await again()).ask('purse.state', {})).toMatchObject({
    kind: 'locked',
    seed: { kind: 'kept' },
  });
});

describe('the page of a purse that was there', () => {
  const remove = (databases: string) => rmSync(databases, { recursive: true });
  const openPage = async (of: TestPurse): Promise<Page> => {
    const page = await of.newPage();
    await page.goto(of.url('src/pages/onboarding/index.html'));
    await page.getByRole('heading', { name: 'Your wallet data is missing' }).waitFor();
    return page;
  };

  test('never offers to set up a new purse first', async () => {
    const page = await openPage(await startAfter(remove));
    expect(await page.getByTestId('create').count()).toBe(0);
    expect(await page.getByText('Set up Nano Purse').count()).toBe(0);
  });

  test('brings it back by its password', async () => {
    const opened = await startAfter(remove);
    const page = await openPage(opened);
    await page.getByTestId('unlock-password').fill(PASSWORD);
    await page.getByTestId('unlock').click();
    await page.getByText('Nano Purse is unlocked again').waitFor();
    await expectMoney(opened);
  });

  test('brings it back by its seed, under another password', async () => {
    const opened = await startAfter(remove);
    const page = await openPage(opened);
    await page.getByTestId('import').click();
    await page.getByTestId('secret').fill(SEED);
    await page.getByTestId('secret-read').click();
    await page.getByTestId('secret-done').waitFor();
    expect(await page.getByText('leads to a different wallet').count()).toBe(0);
    await page.getByTestId('secret-done').click();
    await page.getByTestId('password').fill(OTHER_PASSWORD);
    await page.getByTestId('password-again').fill(OTHER_PASSWORD);
    await page.getByTestId('seal').click();
    await page.getByTestId('finish').waitFor();
    await expectMoney(opened);
    const next = await again();
    await next.ask('vault.unlock', { password: OTHER_PASSWORD });
    expect(await next.ask('purse.state', {})).toMatchObject({ kind: 'open', account });
  });

  test('warns of a seed of another purse before its own copy is replaced', async () => {
    const page = await openPage(await startAfter(remove));
    await page.getByTestId('import').click();
    await page.getByTestId('secret').fill('7B'.repeat(32));
    await page.getByTestId('secret-read').click();
    const warning = page.locator('.notice', { hasText: 'leads to a different wallet' });
    await warning.waitFor();
    expect(await warning.locator('[data-account]').getAttribute('data-account')).toBe(account);
  });

  test('brings it back by a backup file, with its payments', async () => {
    const opened = await startAfter(remove);
    const page = await openPage(opened);
    await page.getByTestId('restore').click();
    await page.getByTestId('backup-file').setInputFiles({
      name: 'backup.json',
      mimeType: 'application/json',
      buffer: Buffer.from(backup),
    });
    await page.getByTestId('backup-password').fill(PASSWORD);
    await page.getByTestId('restore-done').click();
    await page.getByTestId('finish').waitFor();
    expect((await opened.payments()).map(({ state }) => state)).toEqual(['settled']);
    expect(await (await again()).ask('purse.state', {})).toMatchObject({ seed: { kind: 'kept' } });
  });
});
