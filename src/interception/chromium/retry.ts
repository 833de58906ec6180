import type { BridgeCommand } from '../../messages/bridge.ts';
import { NO_TAB, type ObservedRequest } from '../observed-request.ts';
import type { OpenChallenge } from '../open-challenges.ts';
import { bareUrl, originOf } from '../urls.ts';
import { retryMeansOf } from './surface.ts';

/** How long a document may take from its response headers to its tab (ms). */
const ARRIVE_WITHIN = 10_000;
/** Pauses between looks into a page (ms): the preload scanner asks for images that the parser has yet to reach, and
 * no event tells when the document of a frame is there. */
const LOOK_PAUSES = [0, 50, 100, 200, 400];

/**
 * How long a page may take to say whether it waits (ms). One that was left, and that the browser keeps whole for the way
 * back, hears the question and says nothing until it is shown again: nobody waits there.
 */
const REPLY_WITHIN = 5_000;

/**
 * Resolved with true when what asked can be made to ask again, with false when it cannot. The network layer is ahead
 * of the tab: a document of which the headers came may not be shown yet, and to repeat it would repeat its predecessor.
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

/** Whether who asked still waits for the answer: the tab, frame, element, page or held request is still there. */
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
      // Of a worker no document is known: any page of its site will do.
      const isThere =
        documentId === null
          ? originOf(await urlOf(tabId)) === (topOrigin ?? initiator)
          : await inDocument(observed, { bridge: 'look', what: 'page', name: '' });
      return isThere && !(await wasTakenBack(observed));
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
  const { kind, tabId, ofWorker, initiator } = challenge;
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
  const tabs = ofWorker ? await ofItsSite() : [tabId];
  return (await Promise.all(tabs.map(inTab))).includes(true);
}

/** Whether the browser asked for it by itself, to have an icon for the page. */
export async function isPageIcon(observed: ObservedRequest): Promise<boolean> {
  const { kind, url } = observed.challenge;
  if (kind !== 'image') return false;
  if (new URL(url).pathname === '/favicon.ico') return true;
  return inDocument(observed, { bridge: 'look', what: 'icon', name: observed.asked.url });
}

/** Makes what asked ask again; false when it is no longer there. What is left to the page is only waited for. */
export async function retryInPage(observed: ObservedRequest): Promise<boolean> {
  const { tabId, method } = observed.challenge;
  const means = retryMeansOf(observed.challenge);
  switch (means) {
    case 'tab':
      // The page's own reload repeats a form without a prompt. A bare 402 has no page of its own, only the browser's.
      if (method === 'GET' || !(await reloadOwnPage(observed))) {
        return chrome.tabs.reload(tabId, { bypassCache: true }).then(
          () => true,
          () => false,
        );
      }
      return true;
    case 'frame':
      // Without a document of its own it shows the browser's error page: only the frame around it can load it anew.
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

/** Whether a frame shows a page of its own, not the browser's. */
export function hasOwnPage(observed: ObservedRequest): Promise<boolean> {
  return inFrame(observed, { bridge: 'look', what: 'document', name: observed.challenge.url });
}

/** Makes the page in a frame load itself anew; false where the frame shows a page of the browser's. */
function reloadOwnPage(observed: ObservedRequest): Promise<boolean> {
  return inFrame(observed, { bridge: 'again', what: 'document', name: observed.challenge.url });
}

/**
 * A tab in which a page of this origin is open, the one before the user first; undefined when there is none. Where a
 * private window may have asked, its tabs come before all others.
 */
export async function tabOnOrigin(origin: string, isPrivate: boolean): Promise<chrome.tabs.Tab | undefined> {
  const tabs = (await chrome.tabs.query({})).filter(({ url }) => originOf(url) === origin);
  const likely = privateFirst(tabs, isPrivate);
  return likely.find(({ active }) => active) ?? likely[0];
}

/**
 * The tab in which this document has been opened, the newest of several; undefined when none shows it in time. Where a
 * private window may have asked, its tabs come before all others.
 */
export async function tabShowing(url: string, isPrivate: boolean): Promise<chrome.tabs.Tab | undefined> {
  const shown = async () => (await chrome.tabs.query({})).filter((tab) => bareUrl(tab.url ?? '') === url);
  await eventually(LOOK_PAUSES, async () => (await shown()).length > 0);
  const newest = (await shown()).sort((one, other) => (other.lastAccessed ?? 0) - (one.lastAccessed ?? 0));
  return privateFirst(newest, isPrivate)[0];
}

function privateFirst(tabs: readonly chrome.tabs.Tab[], isPrivate: boolean): readonly chrome.tabs.Tab[] {
  const inPrivate = tabs.filter(({ incognito }) => incognito);
  return isPrivate && inPrivate.length > 0 ? inPrivate : tabs;
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

/** A document that is gone has no bridge; neither has the browser's own error page. */
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
