/**
 * Listens for clicks on `nano:` and `payto://nano/` links (isolated world), and passes the link to the background. It runs
 * only while its user has that switched on (`background/link-listener.ts`), and changes nothing in the page.
 */
import { LINK_TEXT_LIMIT } from '../../messages/bridge.ts';
import type { RequestMessage, ResponseMessage } from '../../messages/contract.ts';

declare const browser: typeof chrome | undefined;
declare global {
  /** Stops the listener of this document; set by the script, called by the background when it is switched off. */
  var stopLinks: (() => void) | undefined;
}

const { runtime } = typeof browser === 'undefined' ? chrome : browser;
const PAYMENT_LINK = /^(?:nano:|payto:\/\/nano\/)/i;

// Switched on again, the script runs once more in documents where it has run before.
globalThis.stopLinks?.();
const stopping = new AbortController();
const { signal } = stopping;
globalThis.stopLinks = () => stopping.abort();

/**
 * Puts the listener behind all others of the window, so that every handler of the page has had its chance to take the
 * click.
 */
addEventListener(
  'click',
  () => {
    removeEventListener('click', clicked);
    addEventListener('click', clicked, { signal });
  },
  { capture: true, signal },
);

function clicked(event: MouseEvent): void {
  const { isTrusted, defaultPrevented, button, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (!isTrusted || defaultPrevented || button !== 0 || altKey || ctrlKey || metaKey || shiftKey) return;
  const href = hrefIn(event.composedPath());
  // After an update or removal of the extension this script goes on without a background.
  if (href === null || !PAYMENT_LINK.test(href) || !runtime.id) return;
  event.preventDefault();
  void pass(href);
}

/** Passes the link to the background. Where that no longer wants it, the browser opens it as it would have. */
async function pass(href: string): Promise<void> {
  const message: RequestMessage = {
    request: 'link.clicked',
    input: { text: href.slice(0, LINK_TEXT_LIMIT) },
  };
  const response: ResponseMessage | undefined = await runtime.sendMessage(message).catch(() => undefined);
  if (response?.ok && response.value === true) return;
  stopping.abort();
  location.href = href;
}

/** The address of the link that was clicked; null where the click was on none. */
function hrefIn(path: readonly EventTarget[]): string | null {
  for (const target of path) {
    if (target instanceof HTMLElement && target.isContentEditable) return null;
    if (target instanceof HTMLAnchorElement || target instanceof HTMLAreaElement) {
      if (target.hasAttribute('href')) return target.href;
    } else if (target instanceof SVGAElement) {
      const { baseVal } = target.href;
      return URL.canParse(baseVal, target.baseURI) ? new URL(baseVal, target.baseURI).href : null;
    }
  }
  return null;
}
