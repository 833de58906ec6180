import type { BridgeCommand } from '../../messages/bridge.ts';
import type { Challenge } from '../challenge.ts';
import { type BrowserTab, privateModeOf } from '../network/private-mode.ts';
import { NO_TAB, type ObservedRequest } from '../observed-request.ts';
import type { OpenChallenge } from '../open-challenges.ts';
import { bareUrl, originOf } from '../urls.ts';
import { retryMeansOf } from './surface.ts';

/** How long a document may take from its response headers to its tab (ms). */
const ARRIVE_WITHIN = 10_000;
/**
 * The pauses between checks of a page (ms). The preload scanner requests images before the parser reaches them, and no
 * event reports that the document of a frame is there.
 */
const LOOK_PAUSES = [0, 50, 100, 200, 400];

/**
 * How long a page may take to say whether it waits (ms). A page in the back/forward cache receives the message but
 * responds only when it is shown again: it counts as not waiting.
 */
const REPLY_WITHIN = 5_000;

/**
 * Resolves with whether the request can be made again. The network layer is ahead of the tab: a document whose headers
 * arrived may not be shown yet, and a reload would then load the document before it.
 */
export async function becomesRetryable(observed: ObservedRequest): Promise<boolean> {
  const { tabId, url } = observed.challenge;
  const isThere = () => isWaiting({ observed, hold: null });
  switch (retryMeansOf(observed.challenge)) {
    case 'tab':
      return tabShows(tabId, url);
    case 'frame':
      return (await eventually(LOOK_PAUSES, () => hasOwnPage(observed))) || isThere();
    default:
      return eventually(LOOK_PAUSES, isThere);
  }
}

async function eventually(pauses: readonly number[], look: () => Promise<boolean>): Promise<boolean> {
  for (const pause of pauses) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (await look()) return true;
  }
  return false;
}

/** Whether the tab, frame, element, page or held request that the 402 belongs to is still there. */
export async function isWaiting({ observed, hold }: OpenChallenge): Promise<boolean> {
  const { tabId, url, topOrigin, initiator, documentId } = observed.challenge;
  const means = retryMeansOf(observed.challenge);
  switch (means) {
    case 'tab':
      return bareUrl((await urlOf(tabId)) ?? '') === url;
    case 'frame':
      return (
        (await inFrame(observed, { bridge: 'look', what: 'document', name: url })) ||
        (await inParent(observed, { bridge: 'look', what: 'frame', name: observed.asked.url }))
      );
    case 'hold':
      return (
        hold !== null &&
        (await sendToBridge(
          tabId,
          { documentId: hold.documentId },
          { bridge: 'look', what: 'hold', name: hold.id },
        ))
      );
    case 'page':
    case 'download': {
      // The document of a worker's request is unknown: any page of its site counts.
      const isThere =
        documentId === null
          ? originOf(await urlOf(tabId)) === (topOrigin ?? initiator)
          : await inDocument(observed, { bridge: 'look', what: 'page', name: '' });
      // A page that held a request has reported by itself that it took it back.
      return isThere && (observed.challenge.givenBack === true || !(await wasTakenBack(observed)));
    }
    default:
      return inDocument(observed, { bridge: 'look', what: means, name: observed.asked.url });
  }
}

/**
 * Whether a page took the script's request back before it could be held. Every frame of the tab is asked, since the
 * network layer names another frame for some requests; for a request of a worker, every tab of its site.
 */
export async function wasTakenBack({ challenge, asked }: ObservedRequest): Promise<boolean> {
  const { kind, tabId, fromServiceWorker, initiator } = challenge;
  if (kind !== 'xmlhttprequest') return false;
  const name = `${asked.method.toUpperCase()} ${asked.url}`;
  const ofItsSite = async () =>
    (await chrome.tabs.query({})).flatMap(({ id = NO_TAB, url }) =>
      originOf(url) === initiator ? [id] : [],
    );
  const inTab = async (id: number) => {
    const frames = (await chrome.webNavigation.getAllFrames({ tabId: id }).catch(() => null)) ?? [];
    const said = frames.map(({ documentId }) =>
      sendToBridge(id, { documentId }, { bridge: 'look', what: 'takenBack', name }),
    );
    return (await Promise.all(said)).includes(true);
  };
  const tabs = fromServiceWorker ? await ofItsSite() : [tabId];
  return (await Promise.all(tabs.map(inTab))).includes(true);
}

/**
 * Whether an element of the page shows what a request asks for. A document that was asked reports when it is left (see the
 * bridge).
 */
export async function isInPage(observed: ObservedRequest): Promise<boolean> {
  const { challenge, asked } = observed;
  if (challenge.documentId === null) return false;
  const means = retryMeansOf(challenge);
  const isElement = means === 'image' || means === 'media' || means === 'object' || means === 'style';
  const look: BridgeCommand = isElement
    ? { bridge: 'look', what: means, name: asked.url }
    : { bridge: 'look', what: 'page', name: '' };
  return (await inDocument(observed, look)) && isElement;
}

/** Whether it is the page's icon, which the browser requests by itself. */
export async function isPageIcon(observed: ObservedRequest): Promise<boolean> {
  const { kind, url } = observed.challenge;
  if (kind !== 'image') return false;
  if (new URL(url).pathname === '/favicon.ico') return true;
  return inDocument(observed, { bridge: 'look', what: 'icon', name: observed.asked.url });
}

/** Makes the tab, frame or element send its request again; false when it is gone. Does nothing where the page has to. */
export async function retryInPage(observed: ObservedRequest): Promise<boolean> {
  const { tabId, method } = observed.challenge;
  const means = retryMeansOf(observed.challenge);
  switch (means) {
    case 'tab':
      // The page's own reload repeats a form without a prompt. A bare 402 has no page of its own, only the browser's.
      if (method === 'GET' || !(await reloadOwnPage(observed))) {
        return reloadTab({ tabId }, { bypassCache: true });
      }
      return true;
    case 'frame':
      // A frame without a document of its own shows an error page: only the frame around it can load it again.
      return (
        (await reloadOwnPage(observed)) ||
        (await inParent(observed, { bridge: 'again', what: 'frame', name: observed.asked.url }))
      );
    case 'hold':
      return false;
    case 'page':
      return true;
    case 'download':
      return inDocument(observed, { bridge: 'again', what: 'download', name: observed.asked.url });
    default:
      return inDocument(observed, { bridge: 'again', what: means, name: observed.asked.url });
  }
}

/** Loads the page in the tab of a challenge again; false when the tab is gone. */
export function reloadTab(
  { tabId }: Pick<Challenge, 'tabId'>,
  properties: chrome.tabs.ReloadProperties = {},
): Promise<boolean> {
  return chrome.tabs.reload(tabId, properties).then(
    () => true,
    () => false,
  );
}

/** Whether a frame shows a page of its own, not the browser's. */
export function hasOwnPage(observed: ObservedRequest): Promise<boolean> {
  return inFrame(observed, { bridge: 'look', what: 'document', name: observed.challenge.url });
}

/** Makes the page in a frame reload itself; false where the frame shows a page of the browser's. */
function reloadOwnPage(observed: ObservedRequest): Promise<boolean> {
  return inFrame(observed, { bridge: 'again', what: 'document', name: observed.challenge.url });
}

/** The private mode of the request whose tab is looked for. */
type Mode = Pick<Challenge, 'isPrivate' | 'cookieStore'>;

/** A tab that shows a page of this origin and may have sent a request, preferably the active one; undefined when there is none. */
export async function tabOnOrigin(origin: string, mode: Mode): Promise<chrome.tabs.Tab | undefined> {
  const likely = ofMode(
    (await chrome.tabs.query({})).filter(({ url }) => originOf(url) === origin),
    mode,
  );
  return likely.find(({ active }) => active) ?? likely[0];
}

/** The tab in which this document has been opened, the newest of several; undefined when none shows it in time. */
export async function tabShowing(url: string, mode: Mode): Promise<chrome.tabs.Tab | undefined> {
  const shown = async () => (await chrome.tabs.query({})).filter((tab) => bareUrl(tab.url ?? '') === url);
  await eventually(LOOK_PAUSES, async () => (await shown()).length > 0);
  const newest = (await shown()).sort((one, other) => (other.lastAccessed ?? 0) - (one.lastAccessed ?? 0));
  return ofMode(newest, mode)[0];
}

/** The tabs that may have sent a request. Where a private window may have sent it, private tabs come before all others. */
function ofMode(tabs: readonly BrowserTab[], { isPrivate, cookieStore }: Mode): readonly chrome.tabs.Tab[] {
  // Firefox says of every tab whose cookies it has.
  const likely = tabs.filter(
    (tab) => tab.cookieStoreId === undefined || privateModeOf(tab).cookieStore === cookieStore,
  );
  const inPrivate = likely.filter(({ incognito }) => incognito);
  return isPrivate && inPrivate.length > 0 ? inPrivate : likely;
}

async function urlOf(tabId: number): Promise<string | undefined> {
  return (await chrome.tabs.get(tabId).catch(() => undefined))?.url;
}

function tabShows(tabId: number, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (shown: boolean) => {
      clearTimeout(deadline);
      chrome.tabs.onUpdated.removeListener(updated);
      resolve(shown);
    };
    const look = async () => {
      const tab = await chrome.tabs.get(tabId).catch(() => undefined);
      if (tab === undefined) end(false);
      else if (tab.pendingUrl === undefined && bareUrl(tab.url ?? '') === url) end(true);
    };
    const updated = (updatedId: number) => {
      if (updatedId === tabId) void look();
    };
    const deadline = setTimeout(end, ARRIVE_WITHIN, false);
    chrome.tabs.onUpdated.addListener(updated);
    void look();
  });
}

function inFrame({ challenge }: ObservedRequest, command: BridgeCommand): Promise<boolean> {
  return sendToBridge(challenge.tabId, { frameId: challenge.frameId }, command);
}

async function inParent(
  { challenge, parentFrameId }: ObservedRequest,
  command: BridgeCommand,
): Promise<boolean> {
  return (
    challenge.method === 'GET' && (await sendToBridge(challenge.tabId, { frameId: parentFrameId }, command))
  );
}

async function inDocument({ challenge }: ObservedRequest, command: BridgeCommand): Promise<boolean> {
  const { tabId, frameId, documentId } = challenge;
  return sendToBridge(tabId, documentId === null ? { frameId } : { documentId }, command);
}

/** Sends a command to the bridge of a document. Resolves with false where there is none, as in an error page. */
function sendToBridge(
  tabId: number,
  where: chrome.tabs.MessageSendOptions,
  command: BridgeCommand,
): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, REPLY_WITHIN, false);
    chrome.tabs
      .sendMessage(tabId, command, where)
      .then((found: unknown) => resolve(typeof found === 'number' && found > 0))
      .catch(() => resolve(false))
      .finally(() => clearTimeout(late));
  });
}
