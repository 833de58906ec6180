/**
 * The bridge (isolated world): relays which requests the page holds and what becomes of them, and makes documents,
 * frames and images ask again when the background says so. It knows no offer and no proof.
 */
import type { BridgeAnswer, BridgeCommand } from '../messages/bridge.ts';
import type { Envelope, Reply } from '../messages/contract.ts';
import { HANDSHAKE, type HoldAnswer, type HoldMessage } from './handshake.ts';

declare const browser: typeof chrome | undefined;

const { runtime } = typeof browser === 'undefined' ? chrome : browser;

/** How long a hold may last (ms), and how long to wait before asking a killed worker again. */
const LONGEST_HOLD = 600_000;
const ASK_AGAIN_AFTER = 250;

/** The holds of this page, by the number the page's world gave them. */
const held = new Set<number>();

addEventListener(
  HANDSHAKE,
  (event) => {
    const [port] = (event as MessageEvent).ports;
    if (port === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    port.onmessage = ({ data }: MessageEvent<HoldMessage>) => {
      if (data.url === null) held.delete(data.id);
      else void relay(port, data.id, data.url, data.method);
    };
  },
  { capture: true, once: true },
);

async function relay(port: MessagePort, id: number, url: string, method: string): Promise<void> {
  held.add(id);
  const go = await mayGo({ ask: 'request.held', input: { holdId: `${id}`, url, method } }, id);
  held.delete(id);
  port.postMessage({ id, go } satisfies HoldAnswer);
}

/** Asks the background, and again when its worker was killed over the question. */
async function mayGo(question: Envelope, id: number): Promise<boolean> {
  const until = Date.now() + LONGEST_HOLD;
  while (held.has(id) && Date.now() < until) {
    try {
      const reply: Reply | undefined = await runtime.sendMessage(question);
      return reply?.ok === true && reply.value === 'again';
    } catch {
      // After an update or removal of the extension this script lives on alone.
      if (runtime.id === undefined) return false;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
    }
  }
  return false;
}

runtime.onMessage.addListener((message: BridgeCommand, sender, respond: (found: BridgeAnswer) => void) => {
  if (sender.id !== runtime.id || sender.tab !== undefined) return;
  const found = find(message);
  respond(found.length);
  if (message.bridge === 'again') for (const again of found) again();
});

/** What waits here for a command, as the ways to make each go again. */
function find({ what, name }: BridgeCommand): Array<() => void> {
  switch (what) {
    case 'hold':
      return held.has(Number(name)) ? [() => {}] : [];
    case 'document':
      return bare(location.href) === name ? [() => location.reload()] : [];
    case 'frame':
      return [...document.querySelectorAll('iframe')]
        .filter(({ src }) => bare(src) === name)
        .map((frame) => () => loadAnew(frame, 'src'));
    case 'image':
      return [...document.images]
        .filter(({ currentSrc, src }) => bare(currentSrc || src) === name)
        .map((image) => () => loadAnew(image, image.srcset ? 'srcset' : 'src'));
  }
}

/** An element loads again when its source is set, even to what it is. */
function loadAnew(element: Element, source: 'src' | 'srcset'): void {
  element.setAttribute(source, element.getAttribute(source) ?? '');
}

/** A URL as it goes to the server: without fragment, user name and password. */
function bare(url: string): string {
  return url.replace(/#.*/s, '').replace(/^(https?:\/\/)[^/?@]*@/, '$1');
}
