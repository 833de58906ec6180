/**
 * The bridge (isolated world): relays to the background which requests the page holds, and back what happens to them.
 * On a command of the background it loads the document, an element or a download again. It sees no offer and no proof.
 */
import type { BridgeCommand, BridgeResponse, ElementName, RetryUrl } from '../../messages/bridge.ts';
import type { RequestMessage, ResponseMessage } from '../../messages/contract.ts';
import { HANDSHAKE, type HeldMessage, type HoldAnswer, type HoldMessage } from '../handshake.ts';

declare const browser: typeof chrome | undefined;

const { runtime } = typeof browser === 'undefined' ? chrome : browser;

/** How long a hold may last (ms), and the pause before a request to a killed worker is repeated (ms). */
const LONGEST_HOLD = 600_000;
const ASK_AGAIN_AFTER = 250;
/** For how long (ms), and of how many requests, the bridge remembers that the page took them back. */
const REMEMBERED_FOR = 10_000;
const REMEMBERED = 200;

/** The holds of this page, by the number the page's world gave them. */
const held = new Set<number>();
/** The requests that the page took back before they were held, by method and URL, oldest first. */
const takenBack: Array<{ readonly name: string; readonly at: number }> = [];
/**
 * Whether this document and the background have exchanged a message. Only then the background is told when the user
 * leaves the document.
 */
let isKnown = false;

const { port1: port, port2 } = new MessageChannel();
port.onmessage = ({ data }: MessageEvent<HoldMessage>) => {
  if (data.url === null) drop(data.id);
  else if (data.id === null) remember(data.url, data.method);
  else void relay(data);
};
// The manifest lists the hold before the bridge, so that the hold is listening already.
dispatchEvent(new MessageEvent(HANDSHAKE, { ports: [port2] }));

async function relay({ id, ...request }: HeldMessage): Promise<void> {
  held.add(id);
  isKnown = true;
  setTimeout(() => held.delete(id), LONGEST_HOLD);
  const input = {
    holdId: `${id}`,
    ...request,
    // Whether the page says now that it handles its own 402s (docs/WIRE.md §7.26). In its head only: visitors may write in its body.
    // An element of the page named `querySelector` would stand in the place of the document's own method.
    manual: !!Document.prototype.querySelector.call(
      document,
      'head>meta[name=payment-required][content=manual]',
    ),
  };
  const go = await mayGo({ request: 'request.held', input }, id);
  held.delete(id);
  port.postMessage({ id, go } satisfies HoldAnswer);
}

/** Tells the background that the page took a held request back: it is not asked about or paid any more. */
function drop(id: number): void {
  if (held.delete(id)) tell({ request: 'request.dropped', input: { holdId: `${id}` } });
}

/** Remembers a request that the page took back before it was held: the network layer may have seen its 402. */
function remember(url: string, method: string): void {
  takenBack.push({ name: `${method.toUpperCase()} ${bare(url)}`, at: Date.now() });
  if (takenBack.length > REMEMBERED) takenBack.shift();
}

/** Tells the background that the user left this document, or that the browser froze it: it no longer waits. */
function leave({ isTrusted }: Event): void {
  if (!isTrusted || !isKnown) return;
  isKnown = false;
  held.clear();
  tell({ request: 'document.left', input: {} });
}
addEventListener('pagehide', leave, true);
addEventListener('freeze', leave, true);

/** Sends a message without a response. If the worker ends before it handles it, the restarted one asks what still waits. */
function tell(message: RequestMessage): void {
  if (runtime.id) runtime.sendMessage(message).catch(() => {});
}

/** Rejects when the page comes back from the back/forward cache: a response that was under way is lost then. */
const isBack = (): Promise<never> =>
  new Promise((_, reject) => addEventListener('pageshow', ({ persisted }) => persisted && reject()));

/** Sends a request to the background, and repeats it when the worker was killed or the response was lost. */
async function mayGo(request: RequestMessage, id: number): Promise<RetryUrl | false> {
  while (held.has(id)) {
    try {
      const response: ResponseMessage | undefined = await Promise.race([
        runtime.sendMessage(request),
        isBack(),
      ]);
      // Firefox gives no response where it stopped the event page.
      if (import.meta.env.MODE === 'firefox' && response === undefined) throw new Error('no response');
      return response?.ok && response.value !== 'release' ? (response.value as RetryUrl) : false;
    } catch {
      // After an update or removal of the extension this script goes on without a background.
      if (!runtime.id) return false;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
    }
  }
  return false;
}

runtime.onMessage.addListener((message: BridgeCommand, sender, respond: (found: BridgeResponse) => void) => {
  if (sender.id !== runtime.id || sender.tab) return;
  isKnown = true;
  const found = find(message);
  respond(found.length);
  if (message.bridge === 'again') for (const again of found) again();
});

/** The elements that load a URL, and the attributes that may hold it. */
const loadingElements = {
  frame: ['iframe', 'src'],
  image: ['img,input', 'srcset', 'src'],
  media: ['audio,video', 'src'],
  // An `object` element that shows its fallback content cannot be loaded again.
  object: ['embed', 'src'],
  style: ['link', 'href'],
  icon: ['link[rel*=icon]', 'href'],
} as const satisfies Record<
  ElementName | 'icon',
  readonly [selector: string, ...attributes: readonly string[]]
>;

/** Finds what a command names. Returns a function for each that loads it again. */
function find({ what, name }: BridgeCommand): Array<() => void> {
  switch (what) {
    case 'hold':
      return held.has(+name) ? [() => {}] : [];
    case 'takenBack':
      return takenBack
        .filter((one) => one.name === name && Date.now() - one.at < REMEMBERED_FOR)
        .map(() => () => {});
    case 'document':
      // A sandboxed frame would load itself with an opaque initiator: the frame around it loads it instead.
      return bare(location.href) === name && (origin !== 'null' || top === self)
        ? [() => location.reload()]
        : [];
    case 'page':
      return [() => {}];
    case 'download':
      return [() => download(name)];
    default: {
      const [selector, ...attributes] = loadingElements[what];
      return [...document.querySelectorAll(selector)]
        .filter((element) => sourcesOf(element).some((source) => bare(source) === name))
        .map((element) => () => loadAnew(element, attributes));
    }
  }
}

/** The URLs that an element may load: the one it chose, the one in its attribute, and its alternatives. */
function sourcesOf(element: Element): readonly string[] {
  const { currentSrc, src, href } = element as Partial<HTMLImageElement & HTMLLinkElement>;
  return [
    currentSrc || src || href || '',
    ...[...element.querySelectorAll('source')].map((choice) => choice.src),
  ];
}

/** Loads an element again. Most do when their source is set, even to the same value. */
function loadAnew(element: Element, attributes: readonly string[]): void {
  const source = attributes.find((name) => element.hasAttribute(name)) ?? 'src';
  if (element instanceof HTMLMediaElement) element.load();
  else if (element instanceof HTMLLinkElement) element.replaceWith(element);
  else element.setAttribute(source, element.getAttribute(source) ?? '');
}

/** Starts a download by a new link, with the file name of the page's link, whose click handlers must not run. */
function download(url: string): void {
  const link = [...document.links].find(({ href }) => bare(href) === url);
  const own = document.createElement('a');
  own.href = url;
  own.download = link?.download ?? '';
  own.click();
}

/** A URL as it goes to the server: without fragment, user name and password. */
function bare(url: string): string {
  return url.replace(/#.*/, '').replace(/^(https?:\/\/)[^/?@]*@/, '$1');
}
