import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { privateModeOf } from '../interception/network/private-mode.ts';

/** Firefox's cookie store of private windows. */
const PRIVATE = 'firefox-private';

/**
 * Opens in a new tab what a request was paid for, so that its proof is delivered when the URL answers 402 again. For a
 * request other than GET it opens the site whose page sent it, since only that page can send it again.
 *
 * @throws Fault `fault_containerClosed` where no tab of the container is open that sent the request
 */
export async function openPaid(challenge: Challenge): Promise<void> {
  const url = challenge.method === 'GET' ? challenge.url : challenge.topOrigin;
  if (url === null) return;
  const { cookieStore } = challenge;
  if (cookieStore !== undefined && cookieStore !== PRIVATE) await openInContainer(url, cookieStore);
  else if (challenge.isPrivate) await openInPrivateWindow(url);
  else await chrome.tabs.create({ url });
}

/** Opens a URL by a copy of a tab of the container: an extension puts a new tab there only with the permission for cookies. */
async function openInContainer(url: string, cookieStore: string): Promise<void> {
  const tab = (await chrome.tabs.query({})).find((one) => privateModeOf(one).cookieStore === cookieStore);
  if (tab?.id === undefined) throw new Fault('fault_containerClosed');
  const copy = await chrome.tabs.duplicate(tab.id);
  if (copy?.id !== undefined) await chrome.tabs.update(copy.id, { url });
}

/** An ordinary window would write the URL of a private one to its history, and would not get the proof. */
async function openInPrivateWindow(url: string): Promise<void> {
  const windows = await chrome.windows.getAll({ windowTypes: ['normal'] });
  const windowId = windows.find(({ incognito }) => incognito)?.id;
  if (windowId === undefined) {
    await chrome.windows.create({ url, incognito: true });
    return;
  }
  await chrome.tabs.create({ url, windowId });
  await chrome.windows.update(windowId, { focused: true });
}
