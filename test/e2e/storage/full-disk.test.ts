import { dirname } from 'node:path';
import type { Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../../merchant/pages/layout.ts';
import { launchPurse, type TestPurse } from '../purse.ts';
import { openTestBed, type TestBed, XNO } from '../setup.ts';
import { mountSmallDisk, roomOn, type SmallDisk } from './small-disk.ts';

const PASSWORD = 'a password of this test alone 7';
const BUDGET = { perPayment: XNO, perDay: 5n * XNO };

let disk: SmallDisk;
let testBed: TestBed;
let purse: TestPurse;
beforeEach(async () => {
  disk = mountSmallDisk();
  testBed = await openTestBed({ purse: { profile: disk.profile, password: PASSWORD }, testMoney: false });
  purse = testBed.purse;
  const page = await visit(purse);
  const answer = fetchFrom(page);
  await (await purse.nextApproval()).approve({ budget: BUDGET });
  expect(await answer).toBe(200);
});
afterEach(async () => {
  await purse?.context.close();
  await testBed?.close();
  disk?.remove();
});

/** A page of the merchant's, from which scripts ask. */
async function visit(of: TestPurse): Promise<Page> {
  const page = await of.newPage();
  await page.goto(`${testBed.merchant.origin}/`);
  return page;
}

const fetchFrom = (page: Page): Promise<number> =>
  page.evaluate(async (url) => (await fetch(url)).status, testBed.at('/api/data'));

/** Buys what the page fetches, and waits until the journal says that it was delivered: before, a restart asks for it again. */
async function buys(): Promise<void> {
  expect(await fetchFrom(await visit(purse))).toBe(200);
  await purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) =>
    last?.kind === 'payment' ? last.state === 'settled' : false,
  );
}

/** Fills the disk to its last byte. */
function fill(): void {
  disk.fill();
  expect(roomOn(dirname(disk.profile))).toBe(0);
}

/** Fills the disk, and writes into the purse's database, as a write under way would, until one has failed. */
async function tear(): Promise<void> {
  const page = await purse.popup();
  // A full disk may refuse to open it.
  const database = await page.evaluateHandle(
    () =>
      new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('nano-purse');
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error));
      }),
  );
  fill();
  await page.evaluate(async (open) => {
    for (let writes = 0; writes < 200; writes += 1) {
      const transaction = open.transaction('settings', 'readwrite');
      transaction.objectStore('settings').put('x'.repeat(1000), 'filler');
      const hasFailed = await new Promise((resolve) => {
        transaction.addEventListener('complete', () => resolve(false));
        transaction.addEventListener('abort', () => resolve(true));
        // Where Chromium closes the connection, an error may be all that comes.
        transaction.addEventListener('error', () => resolve(true));
      });
      if (hasFailed) return;
    }
    throw new Error('a full disk took 200 writes');
  }, database);
  await page.close();
}

/** Ends the browser, starts it again on the same profile, and unlocks the purse. */
async function restart(): Promise<void> {
  await purse.close();
  purse = await launchPurse({ profile: disk.profile, bare: true });
  await purse.ask('vault.unlock', { password: PASSWORD });
}

const states = async () => (await purse.payments()).map(({ state }) => state);

describe('a disk that is full', () => {
  test('is not written to, so that a browser that ends before there is room loses nothing', async () => {
    fill();
    await expect(purse.until('purse.state', {}, () => false)).rejects.toThrow('fault_storageFull');
    expect(await fetchFrom(await visit(purse))).toBe(402);
    await purse.close();
    await disk.empty();
    for (let starts = 0; starts < 2; starts += 1) {
      await restart();
      await buys();
    }
    await expect.poll(states).toEqual(Array(3).fill('settled'));
  });
});

describe('a write that a full disk cut short', () => {
  test('stops payments and says so, also after a restart of the worker, and the purse goes on by itself when there is room', async () => {
    const page = await visit(purse);
    await tear();
    const mark = testBed.sends().length;
    expect(await fetchFrom(page)).toBe(402);
    const popup = await purse.popup();
    await popup.getByRole('alert').filter({ hasText: 'The disk is full' }).waitFor();
    expect(await popup.evaluate(() => chrome.action.getBadgeText({}))).toBe('!');
    await purse.killWorker();
    expect(await fetchFrom(page)).toBe(402);
    await expect(purse.ask('purse.state', {})).rejects.toThrow('fault_storageFull');
    expect(testBed.sends()).toHaveLength(mark);

    await disk.empty();
    // The purse looks by itself, and tells the popup that is open.
    await popup.getByTestId('balance').waitFor();
    expect(await popup.evaluate(() => chrome.action.getBadgeText({}))).toBe('');
    // A budget pays for what its user can see.
    await page.bringToFront();
    expect(await fetchFrom(page)).toBe(200);
    await expect.poll(states).toEqual(['settled', 'settled']);
  });

  test('takes nothing from a purse that had room again before the browser ended, nor a proof that waits for its content', async () => {
    const shop = await purse.newPage();
    void shop.goto(testBed.at('/loses-answer')).catch(() => null);
    await purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) =>
      last?.kind === 'payment' ? last.state === 'unanswered' : false,
    );
    await shop.close();
    await tear();
    await disk.empty();
    await purse.killWorker();
    await buys();
    for (let starts = 0; starts < 3; starts += 1) {
      await restart();
      await buys();
    }
    const again = await purse.newPage();
    await again.goto(testBed.at('/loses-answer'));
    await again.locator('#paid', { hasText: PAID_MARKER }).waitFor();
    await expect.poll(states).toEqual(Array(6).fill('settled'));
    expect(testBed.sends()).toHaveLength(6);
  });

  test('leaves a purse that can be unlocked, with its money, when the browser ended before there was room', async () => {
    await tear();
    await purse.close();
    await disk.empty();
    for (let starts = 0; starts < 3; starts += 1) {
      purse = await launchPurse({ profile: disk.profile, bare: true });
      await purse.ask('vault.unlock', { password: PASSWORD });
      const state = await purse.until('purse.state', {}, ({ kind }) => kind === 'open');
      expect(state).toMatchObject({ kind: 'open', account: testBed.purse.account });
      // A write behind the torn one: the next start throws the database away.
      await purse.ask('purse.pause', { paused: false });
      if (starts < 2) await purse.close();
    }
  });
});
