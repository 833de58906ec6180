import type { BridgeCommand } from '../../messages/bridge.ts';
import type { OpenChallenge } from './open-challenges.ts';
import { bareUrl, type Sighting } from './sighting.ts';

/** How long a document may take from its response headers to its tab (ms). */
const ARRIVE_WITHIN = 10_000;
/** Pauses between looks into a page (ms): the preload scanner asks for images that the parser has yet to reach, and
 * no event tells when the document of a frame is there. */
const LOOKS = [0, 50, 100, 200, 400];

/**
 * Resolved with true when what asked can be made to ask again, with false when it cannot. The network layer is ahead
 * of the tab: a document of which the headers came may not be shown yet, and to repeat it would repeat its predecessor.
 */
export async function arrives(sighting: Sighting): Promise<boolean> {
  const { tabId, kind, url } = sighting.challenge;
  switch (kind) {
    case 'main_frame':
      return tabShows(tabId, url);
    case 'sub_frame':
      return (
        (await within(LOOKS, () => inFrame(sighting, { bridge: 'look', what: 'document', name: url }))) ||
        (await inParent(sighting, { bridge: 'look', what: 'frame', name: sighting.asked.url }))
      );
    case 'image':
    case 'xmlhttprequest':
      return within(LOOKS, () => waits({ sighting, hold: null }));
  }
}

async function within(pauses: readonly number[], look: () => Promise<boolean>): Promise<boolean> {
  for (const pause of pauses) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (await look()) return true;
  }
  return false;
}

/** Whether who asked still waits for the answer: the tab, frame, element or held request is still there. */
export async function waits({ sighting, hold }: OpenChallenge): Promise<boolean> {
  const { tabId, kind, url } = sighting.challenge;
  switch (kind) {
    case 'main_frame': {
      const tab = await chrome.tabs.get(tabId).catch(() => undefined);
      return tab?.url !== undefined && bareUrl(tab.url) === url;
    }
    case 'sub_frame':
      return (
        (await inFrame(sighting, { bridge: 'look', what: 'document', name: url })) ||
        (await inParent(sighting, { bridge: 'look', what: 'frame', name: sighting.asked.url }))
      );
    case 'image':
      return inDocument(sighting, { bridge: 'look', what: 'image', name: sighting.asked.url });
    case 'xmlhttprequest':
      return (
        hold !== null &&
        (await tell(tabId, { documentId: hold.documentId }, { bridge: 'look', what: 'hold', name: hold.id }))
      );
  }
}

/** Makes a document or an image ask again; false when it is no longer there. */
export async function askAgain(sighting: Sighting): Promise<boolean> {
  const { tabId, kind, method, url } = sighting.challenge;
  switch (kind) {
    case 'main_frame':
      // The page's own reload repeats a form without a prompt. A bare 402 has no page of its own, only the browser's.
      if (method === 'GET' || !(await inFrame(sighting, { bridge: 'again', what: 'document', name: url }))) {
        return chrome.tabs.reload(tabId, { bypassCache: true }).then(
          () => true,
          () => false,
        );
      }
      return true;
    case 'sub_frame':
      // Without a document of its own it shows the browser's error page: only the frame around it can load it anew.
      return (
        (await inFrame(sighting, { bridge: 'again', what: 'document', name: url })) ||
        (await inParent(sighting, { bridge: 'again', what: 'frame', name: sighting.asked.url }))
      );
    case 'image':
      return inDocument(sighting, { bridge: 'again', what: 'image', name: sighting.asked.url });
    case 'xmlhttprequest':
      return false;
  }
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

function inFrame({ challenge }: Sighting, command: BridgeCommand): Promise<boolean> {
  return tell(challenge.tabId, { frameId: challenge.frameId }, command);
}

async function inParent({ challenge, parentFrameId }: Sighting, command: BridgeCommand): Promise<boolean> {
  return challenge.method === 'GET' && (await tell(challenge.tabId, { frameId: parentFrameId }, command));
}

async function inDocument({ challenge }: Sighting, command: BridgeCommand): Promise<boolean> {
  const { tabId, documentId } = challenge;
  return documentId !== null && (await tell(tabId, { documentId }, command));
}

/** A document that is gone has no bridge; neither has the browser's own error page. */
async function tell(
  tabId: number,
  where: chrome.tabs.MessageSendOptions,
  command: BridgeCommand,
): Promise<boolean> {
  const found: unknown = await chrome.tabs.sendMessage(tabId, command, where).catch(() => 0);
  return typeof found === 'number' && found > 0;
}
