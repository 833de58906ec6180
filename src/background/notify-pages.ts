import { CHANGED } from '../messages/contract.ts';
import { throttle } from './throttle.ts';

/** How often open pages are told of changes at most (ms): with many changes in a row they still have time to render. */
const NOTIFY_EVERY = 100;

/** Tells open pages of the extension that what they show may have changed. */
export const notifyPages = throttle(() => {
  // Chromium rejects a message that no page receives.
  chrome.runtime.sendMessage(CHANGED).catch(() => undefined);
}, NOTIFY_EVERY);

/** Does the same a moment later, so that the requests with which pages respond do not delay a payment. */
export function notifyPagesLater(): void {
  setTimeout(notifyPages, NOTIFY_EVERY);
}
