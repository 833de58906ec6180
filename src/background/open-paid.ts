import type { Challenge } from '../interception/challenge.ts';

/**
 * Opens in a new tab what a request was paid for, so that its proof is delivered when the URL answers 402 again. For a
 * request other than GET it opens the site whose page sent it, since only that page can send it again.
 */
export async function openPaid(challenge: Challenge): Promise<void> {
  const url = challenge.method === 'GET' ? challenge.url : challenge.topOrigin;
  if (url === null) return;
  if (challenge.isPrivate) await openInPrivateWindow(url);
  else await chrome.tabs.create({ url });
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
