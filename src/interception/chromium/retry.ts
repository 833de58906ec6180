import type { BridgeCommand, ElementName } from '../../messages/bridge.ts';
import type { Challenge } from '../challenge.ts';
import { NO_TAB, type ObservedRequest } from '../observed-request.ts';
import type { OpenChallenge } from '../open-challenges.ts';
import { bareUrl, originOf } from '../urls.ts';

/** How long a document may take from its response headers to its tab (ms). */
const ARRIVE_WITHIN = 10_000;
/** Pauses between looks into a page (ms): the preload scanner asks for images that the parser has yet to reach, and
 * no event tells when the document of a frame is there. */
const LOOKS = [0, 50, 100, 200, 400];

/**
 * How long a page may take to say whether it waits (ms). One that was left, and that the browser keeps whole for the way
 * back, hears the question and says nothing until it is shown again: nobody waits there.
 */
const SAY_WITHIN = 5_000;

/** How each kind is found again in the page, and set to ask again. */
type Way = 'tab' | 'frame' | 'hold' | 'download' | 'page' | ElementName;

function wayOf({ kind, userPart }: Challenge): Way {
  if (userPart === 'load') return 'page';
  switch (kind) {
    case 'main_frame':
      return 'tab';
    case 'sub_frame':
      return 'frame';
    case 'xmlhttprequest':
      return 'hold';
    case 'image':
    case 'media':
    case 'object':
      return kind;
    case 'stylesheet':
      return 'style';
    case 'other':
      return 'download';
    case 'script':
    case 'font':
      return 'page';
  }
}

/** Whether only the page as a whole can ask for this kind again: a script that runs late is another script. */
export const needsReload = (challenge: Challenge): boolean => wayOf(challenge) === 'page';

/**
 * Resolved with true when what asked can be made to ask again, with false when it cannot. The network layer is ahead
 * of the tab: a document of which the headers came may not be shown yet, and to repeat it would repeat its predecessor.
 */
export async function arrives(observed: ObservedRequest): Promise<boolean> {
  const { tabId, url } = observed.challenge;
  const isThere = () => waits({ observed, hold: null });
  switch (wayOf(observed.challenge)) {
    case 'tab':
      return tabShows(tabId, url);
    case 'frame':
      return (await within(LOOKS, () => showsItself(observed, 'look'))) || isThere();
    default:
      return within(LOOKS, isThere);
  }
}

async function within(pauses: readonly number[], look: () => Promise<boolean>): Promise<boolean> {
  for (const pause of pauses) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (await look()) return true;
  }
  return false;
}

/** Whether who asked still waits for the answer: the tab, frame, element, page or held request is still there. */
export async function waits({ observed, hold }: OpenChallenge): Promise<boolean> {
  const { tabId, url, topOrigin, initiator, documentId } = observed.challenge;
  const way = wayOf(observed.challenge);
  switch (way) {
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
        (await tell(tabId, { documentId: hold.documentId }, { bridge: 'look', what: 'hold', name: hold.id }))
      );
    case 'page':
    case 'download': {
      // Of a worker no document is known: any page of its site will do.
      const isThere =
        documentId === null
          ? originOf(await urlOf(tabId)) === (topOrigin ?? initiator)
          : await inDocument(observed, { bridge: 'look', what: 'page', name: '' });
      return isThere && !(await tookBack(observed));
    }
    default:
      return inDocument(observed, { bridge: 'look', what: way, name: observed.asked.url });
  }
}

/**
 * Whether a page took the script's request back before it could be held. Every frame of the tab is asked, since the
 * network layer names another frame for some requests; for a request of a worker, every tab of its site.
 */
export async function tookBack({ challenge, asked }: ObservedRequest): Promise<boolean> {
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
      tell(id, { documentId }, { bridge: 'look', what: 'takenBack', name }),
    );
    return (await Promise.all(said)).includes(true);
  };
  const tabs = ofWorker ? await ofItsSite() : [tabId];
  return (await Promise.all(tabs.map(inTab))).includes(true);
}

/** Whether the browser asked for it by itself, to have an icon for the page. */
export async function isIcon(observed: ObservedRequest): Promise<boolean> {
  const { kind, url } = observed.challenge;
  if (kind !== 'image') return false;
  if (new URL(url).pathname === '/favicon.ico') return true;
  return inDocument(observed, { bridge: 'look', what: 'icon', name: observed.asked.url });
}

/** Makes what asked ask again; false when it is no longer there. What is left to the page is only waited for. */
export async function retryInPage(observed: ObservedRequest): Promise<boolean> {
  const { tabId, method } = observed.challenge;
  const way = wayOf(observed.challenge);
  switch (way) {
    case 'tab':
      // The page's own reload repeats a form without a prompt. A bare 402 has no page of its own, only the browser's.
      if (method === 'GET' || !(await showsItself(observed, 'again'))) {
        return chrome.tabs.reload(tabId, { bypassCache: true }).then(
          () => true,
          () => false,
        );
      }
      return true;
    case 'frame':
      // Without a document of its own it shows the browser's error page: only the frame around it can load it anew.
      return (
        (await showsItself(observed, 'again')) ||
        (await inParent(observed, { bridge: 'again', what: 'frame', name: observed.asked.url }))
      );
    case 'hold':
      return false;
    case 'page':
      return true;
    case 'download':
      return inDocument(observed, { bridge: 'again', what: 'download', name: observed.asked.url });
    default:
      return inDocument(observed, { bridge: 'again', what: way, name: observed.asked.url });
  }
}

/** Whether a frame shows a page of its own, not the browser's; told `again`, that page loads itself anew. */
export function showsItself(observed: ObservedRequest, bridge: 'look' | 'again'): Promise<boolean> {
  return inFrame(observed, { bridge, what: 'document', name: observed.challenge.url });
}

/**
 * A tab in which a page of this origin is open, the one before the user first; undefined when there is none. Where a
 * private window may have asked, its tabs come before all others.
 */
export async function tabOf(origin: string, isPrivate: boolean): Promise<chrome.tabs.Tab | undefined> {
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
  await within(LOOKS, async () => (await shown()).length > 0);
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
  return tell(challenge.tabId, { frameId: challenge.frameId }, command);
}

async function inParent(
  { challenge, parentFrameId }: ObservedRequest,
  command: BridgeCommand,
): Promise<boolean> {
  return challenge.method === 'GET' && (await tell(challenge.tabId, { frameId: parentFrameId }, command));
}

async function inDocument({ challenge }: ObservedRequest, command: BridgeCommand): Promise<boolean> {
  const { tabId, frameId, documentId } = challenge;
  return tell(tabId, documentId === null ? { frameId } : { documentId }, command);
}

/** A document that is gone has no bridge; neither has the browser's own error page. */
function tell(
  tabId: number,
  where: chrome.tabs.MessageSendOptions,
  command: BridgeCommand,
): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, SAY_WITHIN, false);
    chrome.tabs
      .sendMessage(tabId, command, where)
      .then((found: unknown) => resolve(typeof found === 'number' && found > 0))
      .catch(() => resolve(false))
      .finally(() => clearTimeout(late));
  });
}
