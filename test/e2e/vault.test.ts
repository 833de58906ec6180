import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wallet } from 'nanocurrency-web';
import type { Locator, Page } from 'playwright';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bip44SeedOf, deriveKeys } from '../../src/nano/seed.ts';
import { type Devnet, startDevnet } from '../devnet/devnet.ts';
import { type Merchant, startMerchant } from '../merchant/merchant.ts';
import { builtExtension, ROOT } from './build.ts';
import { type Browser, launchChromium } from './chromium.ts';
import { newProfile, removeProfile } from './profile.ts';
import { launchPurse, type TestPurse } from './purse.ts';
import { fund, openAccountOf, openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

const Keys = v.object({
  legacyDerivation: v.object({
    vectors: v.array(v.object({ seed: v.string(), index: v.number(), address: v.string() })),
  }),
  bip44Derivation: v.object({
    ambiguity24Words: v.object({
      mnemonic: v.string(),
      asLegacySeed: v.object({ seed: v.string(), address: v.string() }),
      asBip44NoPassphrase: v.object({ bip39Seed: v.string(), address: v.string() }),
    }),
  }),
});
const keysFile = readFileSync(join(ROOT, 'test/vectors/data/keys.json'), 'utf8');
const keys = v.parse(Keys, JSON.parse(keysFile));
const { mnemonic, asLegacySeed, asBip44NoPassphrase } = keys.bip44Derivation.ambiguity24Words;

const PASSWORD = 'five gates and a wooden bridge';

const enabled = (page: Page, testId: string) =>
  page.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`);

describe('setting up', () => {
  let testBed: TestBed;
  let page: Page;

  beforeAll(async () => {
    testBed = await openTestBed({ purse: { bare: true }, testMoney: false });
  });
  afterAll(() => testBed?.close());
  beforeEach(async () => {
    page = await testBed.purse.newPage();
    await page.goto(testBed.purse.url('src/pages/onboarding/index.html'));
  });
  afterEach(() => page.close());

  test('24 words have two readings, and both first addresses are shown with their balances', async () => {
    await openAccountOf(testBed.devnet, asLegacySeed.seed, 3n * XNO);
    await page.getByTestId('import').click();
    await page.getByTestId('secret').fill(`  ${mnemonic.toUpperCase().replaceAll(' ', '\n ')} `);
    await page.getByTestId('secret-read').click();
    const addresses = page.locator('.choice-cards [data-account]');
    await addresses.first().waitFor();
    expect(await addresses.evaluateAll((all) => all.map((one) => one.getAttribute('data-account')))).toEqual([
      asBip44NoPassphrase.address,
      asLegacySeed.address,
    ]);
    // A node proves which of them has money.
    await page.locator(`[data-testid="balance-legacy"] [data-raw="${3n * XNO}"]`).waitFor();
    await page.locator('[data-testid="balance-bip44"] [data-raw="0"]').waitFor();
    // Neither is chosen for the user.
    expect(await enabled(page, 'secret-done').count()).toBe(0);
  });

  const [zeros] = keys.legacyDerivation.vectors.filter(({ index }) => index === 0);
  test.each([
    ['64 hex digits', zeros?.seed ?? '', zeros?.address ?? ''],
    ['64 upper-case hex digits', asLegacySeed.seed.toUpperCase(), asLegacySeed.address],
    ['128 hex digits', asBip44NoPassphrase.bip39Seed, asBip44NoPassphrase.address],
  ])('%s are recognised by their address', async (_, secret, address) => {
    await page.getByTestId('import').click();
    await page.getByTestId('secret').fill(secret);
    await page.getByTestId('secret-read').click();
    const shown = page.getByTestId('seed-address');
    expect(await shown.getAttribute('data-account')).toBe(address);
  });

  test.each([
    ['a word too few', mnemonic.split(' ').slice(1).join(' '), 'Words found: 23.'],
    ['words in the wrong order', mnemonic.split(' ').toReversed().join(' '), 'in another place'],
    [
      'two words in each other’s place',
      mnemonic.replace('edge defense', 'defense edge'),
      'words 1 and 2 change',
    ],
    [
      'a word that is none',
      mnemonic.replace('junk', 'jnuk'),
      'Word 8, “jnuk”, is not in the list of recovery words. Did you mean junk?',
    ],
    ['words of another language', 'ábaco abdomen abeja abierto '.repeat(6), 'Spanish'],
    ['63 hex digits', 'a'.repeat(63), 'Characters found: 63.'],
    ['a letter that looks like a digit', `${'ab'.repeat(31)}0O`, 'Character 64 is the letter “o”'],
    ['an address', asLegacySeed.address, 'This is a Nano address'],
  ])('%s: the field says so, and nothing is accepted', async (_, secret, text) => {
    await page.getByTestId('import').click();
    await page.getByTestId('secret').fill(secret);
    await page.getByTestId('secret-read').click();
    await page.locator('.field-fault', { hasText: text }).waitFor();
    expect(await page.getByTestId('secret').getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByTestId('secret-done').count()).toBe(0);
  });

  test('a mistake leaves the cursor where it was, and typing takes its message away', async () => {
    await page.getByTestId('import').click();
    const field = page.getByTestId('secret');
    await field.fill(mnemonic.replace('junk', 'jnk'));
    const place = mnemonic.indexOf('junk') + 1;
    await field.evaluate((area, at) => (area as HTMLTextAreaElement).setSelectionRange(at, at), place);
    await page.getByTestId('secret-read').click();
    await page.locator('.field-fault', { hasText: 'Word 8' }).waitFor();
    await page.keyboard.type('u');
    expect(await field.inputValue()).toBe(mnemonic);
    expect(await page.locator('.field-fault', { hasText: 'Word 8' }).count()).toBe(0);
    await page.getByTestId('secret-read').click();
    await page.getByTestId('reading-bip44').waitFor();
  });

  test('12 words with numbers lead to their one address', async () => {
    await page.getByTestId('import').click();
    const words = [...Array(11).fill('abandon'), 'about'];
    await page.getByTestId('secret').fill(words.map((word, index) => `${index + 1}. ${word}`).join('\n'));
    await page.getByTestId('secret-read').click();
    const address = deriveKeys(bip44SeedOf(words.join(' ')), 0).address;
    expect(await page.getByTestId('seed-address').getAttribute('data-account')).toBe(address);
    await page.getByTestId('secret-done').click();
    await page.getByTestId('password').waitFor();
  });

  test('new words are shown, asked for, sealed, and lead to their account', async () => {
    const { purse, devnet } = testBed;
    await page.getByTestId('create').click();
    const shown = page.locator('[data-testid="words"] .word');
    await expect.poll(() => shown.count()).toBe(24);
    const words = await shown.allTextContents();
    expect(new Set(words).size).toBeGreaterThan(15);
    await page.getByTestId('words-done').click();

    const fields = page.locator('input[data-testid^="check-word-"]');
    expect(await fields.count()).toBe(3);
    const wrongly = page.locator('[role="alert"] .notice');
    for (const field of await fields.all()) await field.fill('wrong');
    await page.getByTestId('check-done').click();
    expect(await wrongly.textContent()).toMatch(/^Doesn't match: Word \d+, Word \d+, and Word \d+\./);
    const places = await Promise.all((await fields.all()).map((field) => placeOf(field)));
    for (const [index, field] of (await fields.all()).entries()) {
      if (index > 0) await field.fill(words[(places[index] ?? 0) - 1] ?? '');
    }
    await page.getByTestId('check-done').click();
    expect(await wrongly.textContent()).toMatch(new RegExp(`^Doesn't match: Word ${places[0]}\\.`));

    // The same words are there again after a reload, by mistake or not.
    await page.reload();
    await page.getByTestId('create').click();
    await expect.poll(() => shown.allTextContents()).toEqual(words);
    await page.getByTestId('words-done').click();
    for (const field of await fields.all()) {
      await field.fill(` ${words[(await placeOf(field)) - 1]?.toUpperCase()} `);
    }
    await page.getByTestId('check-done').click();

    await page.getByTestId('password').fill(PASSWORD);
    await page.getByTestId('password-again').fill(`${PASSWORD}!`);
    await enabled(page, 'seal').click();
    await page.locator('.field-fault', { hasText: "don't match" }).waitFor();
    expect(await purse.ask('purse.state', {})).toMatchObject({ kind: 'empty' });
    await page.getByTestId('password-again').fill(PASSWORD);

    // As if one of the two libraries that derive the address were wrong.
    await page.evaluate(() => {
      const { runtime } = chrome;
      const send = runtime.sendMessage.bind(runtime);
      const elsewhere = { bip44Address: 'nano_1111111111111111111111111111111111111111111111111111hifc8npp' };
      const twisted = async (
        message: { readonly request?: string },
        done: (reply: unknown) => void = () => undefined,
      ) => {
        const reply = await send(message);
        const isTwisted = message.request === 'vault.preview';
        const told = isTwisted ? { ...reply, value: { ...reply.value, ...elsewhere } } : reply;
        done(told);
        return told;
      };
      Object.assign(runtime, {
        sendMessage: twisted,
        untwist: () => Object.assign(runtime, { sendMessage: send }),
      });
    });
    await enabled(page, 'seal').click();
    await page.locator('[role="alert"] .notice', { hasText: 'different addresses' }).waitFor();
    expect(await purse.ask('purse.state', {})).toMatchObject({ kind: 'empty' });
    await page.evaluate(() => (chrome.runtime as unknown as { untwist(): void }).untwist());

    await enabled(page, 'seal').click();
    await page.getByTestId('finish').waitFor();

    const state = await purse.ask('purse.state', {});
    const account = wallet.fromMnemonic(words.join(' ')).accounts[0]?.address;
    expect(state).toMatchObject({ kind: 'open', account });
    expect(await page.getByTestId('address').getAttribute('data-account')).toBe(account);
    await fund(devnet, { ...purse, account: account ?? '' }, XNO);
    await expect(purse.ask('vault.create', { secret: seed('00'), password: PASSWORD })).rejects.toThrow(
      'fault_vaultExists',
    );

    // The words come back behind the password alone.
    const popup = await purse.popup();
    await popup.locator('nav button').last().click();
    await popup.locator('.open-row').first().click();
    await popup.getByTestId('reveal-password').fill('wrong one');
    await popup.keyboard.press('Enter');
    await popup.locator('[role="alert"] .notice').waitFor();
    await popup.getByTestId('reveal-password').fill(PASSWORD);
    await popup.keyboard.press('Enter');
    await expect.poll(() => popup.locator('.word').allTextContents()).toEqual(words);
    await popup.close();
  });
});

/** Which word a field asks for, from 1. */
const placeOf = async (field: Locator) =>
  Number((await field.getAttribute('data-testid'))?.split('-').at(-1));

const seed = (byte: string) => ({ kind: 'seed', hex: byte.repeat(32) }) as const;

describe('the lock', () => {
  let profile: string;
  let testBed: TestBed;
  let page: Page;

  beforeAll(async () => {
    profile = newProfile();
    testBed = await openTestBed({ purse: { profile, password: PASSWORD } });
  });
  afterAll(async () => {
    await testBed?.close();
    await removeProfile(profile);
  });
  beforeEach(async () => {
    page = await testBed.purse.newPage();
  });
  afterEach(() => page.close());

  const kind = async () => (await testBed.purse.ask('purse.state', {})).kind;

  async function unlock(screen: Page, password = PASSWORD): Promise<void> {
    await screen.getByTestId('unlock-password').fill(password);
    await enabled(screen, 'unlock').click();
  }

  /** Moves the moment at which the purse locks itself to `ms` from now. */
  async function moveDeadline(screen: Page, ms: number): Promise<void> {
    await screen.evaluate(async (left) => {
      const { vault } = await chrome.storage.session.get<{ vault: object }>('vault');
      await chrome.storage.session.set({ vault: { ...vault, deadline: Date.now() + left } });
    }, ms);
  }
  const passDeadline = (screen: Page) => moveDeadline(screen, -1);

  test('closes by its button and opens by the password', async () => {
    const popup = await testBed.purse.popup();
    await popup.getByTestId('lock').click();
    await popup.getByTestId('unlock-password').waitFor();
    expect(await kind()).toBe('locked');
    await expect(testBed.purse.ask('money.send', { to: testBed.purse.account, amount: '1' })).rejects.toThrow(
      'fault_locked',
    );
    await unlock(popup);
    await popup.getByTestId('balance').waitFor();
    expect(await kind()).toBe('open');
    await popup.close();
  });

  test('reports a wrong password, makes the user wait longer each time, and loses nothing', async () => {
    const { purse } = testBed;
    await purse.ask('vault.lock', {});
    const popup = await purse.popup();
    await unlock(popup, 'wrong');
    await popup.locator('[role="alert"] .notice').waitFor();
    const mayTry = () =>
      purse.until('purse.state', {}, (state) => state.kind === 'locked' && state.retryAt === null);
    const wrong = (n: number) =>
      expect(purse.ask('vault.unlock', { password: `wrong ${n}` })).rejects.toThrow('fault_wrongPassword');
    // Three cost nothing; from the fourth on every wait is twice the one before.
    for (const [n, seconds] of [
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 2],
      [6, 4],
    ] as const) {
      const before = Date.now();
      await wrong(n);
      await mayTry();
      expect(Date.now() - before).toBeGreaterThanOrEqual(seconds * 1000);
    }
    // Not even the right one is tried before its time, in this window or in another one.
    const other = await purse.popup();
    await enabled(other, 'unlock').waitFor();
    // Both look from the start: the eight seconds that they show pass on a busy machine too.
    const counted = [popup, other].map((page) =>
      page.getByTestId('unlock').filter({ hasText: /\d/ }).waitFor(),
    );
    await unlock(popup, 'wrong 7');
    await Promise.any(counted);
    await expect(purse.ask('vault.unlock', { password: PASSWORD })).rejects.toThrow('fault_tooManyTries');
    await Promise.all(counted);
    await other.close();
    await unlock(popup);
    await popup.getByTestId('balance').waitFor();
    await popup.close();
  });

  test('locks automatically after the idle time, whether the worker runs or not', async () => {
    const { purse } = testBed;
    await purse.ask('settings.write', { autoLockMinutes: 1 });
    const state = await purse.ask('purse.state', {});
    const left = (state.kind === 'open' ? (state.lockAt ?? 0) : 0) - Date.now();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);

    const popup = await purse.popup();
    await passDeadline(popup);
    expect(await kind()).toBe('locked');
    expect(await popup.evaluate(() => chrome.storage.session.get('vault'))).toEqual({});
    await purse.ask('vault.unlock', { password: PASSWORD });

    await passDeadline(popup);
    await purse.killWorker();
    expect(await kind()).toBe('locked');
    await purse.ask('vault.unlock', { password: PASSWORD });

    // As it looks to a clock that was set back by a day.
    await moveDeadline(popup, 24 * 60 * 60_000);
    expect(await kind()).toBe('locked');
    await purse.ask('vault.unlock', { password: PASSWORD });
    await purse.killWorker();
    expect(await kind()).toBe('open');
    await purse.ask('settings.write', { autoLockMinutes: 30 });
    await popup.close();
  });

  test('locks by its alarm without any open page', async () => {
    const { purse } = testBed;
    await passDeadline(await purse.popup());
    const alarm = await (await purse.popup()).evaluate(async () => {
      const [tend] = await chrome.alarms.getAll();
      // The same alarm, only sooner.
      if (tend !== undefined) await chrome.alarms.create(tend.name, { when: Date.now() + 1_000 });
      return tend?.periodInMinutes;
    });
    expect(alarm).toBe(0.5);
    await purse.killWorker();
    const pages = purse.context.pages().filter((one) => one !== page && one.url().startsWith('chrome-ext'));
    for (const one of pages) await one.close();
    const [worker] = purse.context.serviceWorkers();
    const woken = worker ?? (await purse.context.waitForEvent('serviceworker'));
    await expect
      .poll(() => woken.evaluate(() => chrome.storage.session.get('vault')), { timeout: 60_000 })
      .toEqual({});
    expect(await kind()).toBe('locked');
    await purse.ask('vault.unlock', { password: PASSWORD });
  });

  test('comes before a question: nothing is paid while the purse is locked, not even within a budget', async () => {
    const { purse, merchant } = testBed;
    const mark = await testBed.mark();
    const budget = { perPayment: String(2n * PRICE), perDay: String(XNO), paused: false };
    await purse.ask('budget.save', { site: merchant.origin, ...budget });
    await purse.ask('vault.lock', {});
    await page.goto(testBed.at('/page', { fetch: '1' }));
    const [waiting] = await purse.until('approval.waiting', {}, ({ length }) => length === 1);
    await expect(
      purse.ask('approval.answer', { id: waiting?.id ?? '', answer: { kind: 'once' } }),
    ).rejects.toThrow('fault_locked');
    const view = await purse.newPage();
    await view.goto(purse.url('src/pages/approve/index.html'));
    await unlock(view);
    await view.locator(`[data-approval="${waiting?.id}"]`).waitFor();
    await view.close();
    const asked = await purse.nextApproval();
    expect(asked.offer.reason).toBe('reason_locked');
    await asked.approve();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    await purse.ask('budget.remove', { site: merchant.origin });
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('may close during a payment: the page gets its 402, and the content after it is unlocked', async () => {
    const { purse, devnet } = testBed;
    const mark = await testBed.mark();
    devnet.elections.delayMs = 6_000;
    await page.goto(testBed.at('/page', { fetch: '1', n: 'locked' }));
    await (await purse.nextApproval()).approve();
    const newest = (state: string) =>
      purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
        return last?.kind === 'payment' && last.state === state;
      });
    await newest('published');
    await purse.ask('vault.lock', {});
    await page.locator('#fetch-result[data-status="402"]').waitFor();

    devnet.elections.delayMs = 50;
    await purse.ask('vault.unlock', { password: PASSWORD });
    await purse.until('log.list', {}, ([said]) => said?.key === 'fault_locked');
    await newest('proven');
    await page.reload();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    await newest('settled');
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('is closed when the browser comes back; the password opens it, and the history is there', async () => {
    const { purse, devnet } = testBed;
    const before = await purse.activity();
    expect(before.map(({ kind: what }) => what)).toEqual(['received', 'payment', 'payment']);
    await purse.close();
    const again: TestPurse = await launchPurse({ profile, bare: true });
    testBed = { ...testBed, purse: again };
    expect(await kind()).toBe('locked');
    const popup = await again.popup();
    await unlock(popup);
    await popup.getByTestId('balance').waitFor();
    const state = await again.ask('purse.state', {});
    expect(state).toMatchObject({
      kind: 'open',
      account: purse.account,
      network: { id: devnet.profile.id },
    });
    expect(await again.activity()).toEqual(before);
    await expect.poll(() => popup.getByTestId('activity-row').count()).toBe(3);
    await popup.close();
    page = await again.newPage();
    void page.goto(testBed.at('/article')).catch(() => undefined);
    await (await again.nextApproval()).approve();
    await page.locator('#paid').waitFor();
  });
});

describe('a browser that keeps no data', () => {
  let profile: string;
  let merchant: Merchant;
  let devnet: Devnet;
  let browser: Browser;

  beforeAll(async () => {
    profile = newProfile();
    // Where the browser's databases would be, there is no room for a folder.
    mkdirSync(join(profile, 'Default'));
    writeFileSync(join(profile, 'Default', 'IndexedDB'), '');
    devnet = await startDevnet();
    merchant = await startMerchant({ network: devnet.profile });
    browser = await launchChromium({ extension: builtExtension(), profile });
  });
  afterAll(async () => {
    await browser?.context.close();
    await merchant?.close();
    await devnet?.close();
    await removeProfile(profile);
  });

  test.each(['popup', 'onboarding', 'approve'])('says so on the page %s', async (name) => {
    const page = await browser.context.newPage();
    await page.goto(`chrome-extension://${browser.extensionId}/src/pages/${name}/index.html`);
    const said = page.locator('[role="alert"] .notice', { hasText: "can't save data in this browser" });
    await said.first().waitFor();
    await page.close();
  });

  test('and leaves every page its own 402', async () => {
    const page = await browser.context.newPage();
    expect((await page.goto(`${merchant.origin}/article`))?.status()).toBe(402);
    expect(await page.evaluate(async (url) => (await fetch(url)).status, `${merchant.origin}/bare`)).toBe(
      402,
    );
    await page.close();
  });
});
