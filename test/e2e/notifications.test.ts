/** The notifications of the system: which are up, and what a click on one does. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
/** A page of the purse, which asks the browser what is up. It stands in front unless a test says otherwise. */
let view: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { inPrivate: true, grantedBefore: ['notifications'] } });
  view = await testBed.purse.newPage();
  await view.goto(inPurse('manifest.json'));
});
afterAll(() => testBed?.close());
beforeEach(() => view.bringToFront());
afterEach(async () => {
  for (const one of testBed.purse.context.pages()) if (/^https?:/.test(one.url())) await one.close();
  await testBed.purse.until('approval.waiting', {}, ({ length }) => length === 0);
});

const inPurse = (path: string) => testBed.purse.url(path);
/** A URL of the merchant's on a host of its own: `localhost` and all below it are this machine. */
const at = (host: string, path: string) => testBed.at(path).replace('127.0.0.1', `${host}.localhost`);
const question = (host: string) => `question ${new URL(at(host, '/')).origin}`;

/** The names of the notifications that are up; null without the permission. */
const shown = () =>
  view.evaluate(async () =>
    chrome.notifications === undefined ? null : Object.keys(await chrome.notifications.getAll()),
  );

/** A page of a site, in front. */
async function openPage(host: string): Promise<Page> {
  const page = await testBed.purse.newPage();
  await page.goto(at(host, '/free'));
  return page;
}

/** What the purse remembers of the notifications of one site. */
const remembered = (name: string) =>
  view.evaluate(async (wanted) => {
    const { told } = await chrome.storage.session.get<{ told?: { name: string }[] }>('told');
    return told?.find((one) => one.name === wanted);
  }, name);

/** Asks for money by a script of a page in the background. Returns the page. */
async function askInBackground(host: string): Promise<Page> {
  const page = await openPage(host);
  await view.bringToFront();
  const before = await testBed.purse.ask('approval.waiting', {});
  void page.evaluate((url) => fetch(url), at(host, '/api/data')).catch(() => undefined);
  await testBed.purse.until('approval.waiting', {}, ({ length }) => length > before.length);
  return page;
}

/** Answers the only question, from the page that tests ask from. */
async function decline(): Promise<void> {
  const [waiting] = await testBed.purse.ask('approval.waiting', {});
  await testBed.purse.ask('approval.answer', { id: waiting?.id ?? '', answer: { kind: 'decline' } });
}

/** Clicks on a notification, as far as the purse hears of it. Of a killed worker the handle is there for a while. */
async function click(name: string): Promise<void> {
  const heard = async () => {
    for (const worker of testBed.purse.context.serviceWorkers()) {
      const dispatched = worker.evaluate((one) => Object(chrome.notifications.onClicked).dispatch(one), name);
      if (await dispatched.then(() => true).catch(() => false)) return true;
    }
    return false;
  };
  await expect.poll(heard).toBe(true);
}

/** Sets the switch in the settings, as a user does. */
async function switchTo(on: boolean): Promise<void> {
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').last().click();
  await popup.getByTestId('notifications').click();
  await popup.locator(`[data-testid="notifications"][aria-checked="${on}"]`).waitFor();
  await popup.close();
  await view.bringToFront();
}

/** The URL of the tab in front in the window that the tests use. */
const inFront = () =>
  view.evaluate(async () => {
    const { windowId } = (await chrome.tabs.getCurrent()) ?? {};
    const [tab] = await chrome.tabs.query({ active: true, ...(windowId !== undefined && { windowId }) });
    return tab?.url;
  });

test('at first there are none, and no permission for them', async () => {
  expect(await shown()).toBeNull();
  await askInBackground('off');
  expect(await testBed.purse.ask('settings.read', {})).toMatchObject({ notifies: false });
  expect(await shown()).toBeNull();
  await decline();
});

describe('switched on', () => {
  beforeAll(async () => {
    await switchTo(true);
    await view.reload();
  });

  test('one names the site of a question in the background, and goes with its answer', async () => {
    await askInBackground('answered');
    await expect.poll(shown).toEqual([question('answered')]);
    await decline();
    await expect.poll(shown).toEqual([]);
  });

  test('one goes with the page whose question it tells', async () => {
    const page = await askInBackground('left');
    await expect.poll(shown).toEqual([question('left')]);
    await page.close();
    await expect.poll(shown).toEqual([]);
  });

  test('one stays over a killed worker, and a click on it brings tab and question up', async () => {
    const page = await askInBackground('clicked');
    await expect.poll(shown).toEqual([question('clicked')]);
    await testBed.purse.killWorker();
    await testBed.purse.until('approval.waiting', {}, ({ length }) => length === 1);
    expect(await shown()).toEqual([question('clicked')]);
    await click(question('clicked'));
    await expect.poll(inFront).toBe(page.url());
    await expect.poll(shown).toEqual([]);
    await (await testBed.purse.nextApproval()).decline();
  });

  test('none tells of a question that the user is shown', async () => {
    const page = await openPage('seen');
    void page.goto(at('seen', '/article')).catch(() => undefined);
    await testBed.purse.until('approval.waiting', {}, ({ length }) => length === 1);
    // A site whose question was told without having been seen would be quiet for a while.
    await expect
      .poll(() => remembered(question('seen')))
      .toMatchObject({ known: [expect.any(String)], up: [], quietUntil: 0 });
    expect(await shown()).toEqual([]);
    await decline();
  });

  test('none tells of a private window', async () => {
    const hidden = await testBed.purse.newPrivatePage(at('private', '/free'));
    const tab = await view.evaluate(async () => {
      const [window] = (await chrome.windows.getAll()).filter(({ incognito }) => incognito);
      const made = await chrome.tabs.create({ windowId: window?.id ?? 0, url: 'about:blank', active: true });
      return made.id ?? 0;
    });
    void hidden.evaluate((url) => fetch(url), at('private', '/api/data')).catch(() => undefined);
    await testBed.purse.until('approval.waiting', {}, ({ length }) => length === 1);
    await askInBackground('ordinary');
    await expect.poll(shown).toEqual([question('ordinary')]);
    await decline();
    await decline();
    await view.evaluate((id) => chrome.tabs.remove(id), tab);
  });

  test('one tells of a payment that was not delivered, and opens it in the activity', async () => {
    const { origin } = new URL(at('owed', '/'));
    const limits = { perPayment: String(XNO), perDay: String(9n * XNO), paused: false };
    await testBed.purse.ask('budget.save', { site: origin, ...limits });
    const page = await openPage('owed');
    // What is paid and delivered is not told.
    await page.goto(at('owed', '/article'));
    await page.getByText(PAID_MARKER).first().waitFor();
    await page.evaluate((url) => fetch(url).catch(() => null), at('owed', '/loses-answer'));
    await expect.poll(shown).toEqual([`owed ${origin}`]);
    const opening = testBed.purse.context.waitForEvent('page');
    await click(`owed ${origin}`);
    const opened = await opening;
    await opened.getByTestId('story-amount').waitFor();
    await expect.poll(shown).toEqual([]);
    await opened.close();
  });

  test('switched off again, the permission is given back, and none is shown', async () => {
    await switchTo(false);
    await view.reload();
    expect(await shown()).toBeNull();
    await askInBackground('last');
    expect(await testBed.purse.ask('settings.read', {})).toMatchObject({ notifies: false });
    expect(await shown()).toBeNull();
    await decline();
  });
});
