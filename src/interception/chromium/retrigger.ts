import type { BridgeCommand } from '../../messages/bridge.ts';
import type { OpenChallenge } from './open-challenges.ts';
import { type Sighting, withoutFragment } from './sighting.ts';

/** How long a navigation may take from its response headers to its document (ms). */
const COMMIT_WITHIN = 10_000;
/** When a frame is looked at after its 402 (ms): its document may still be on the way. */
const FRAME_LOOKS = [0, 50, 100, 200, 400];

/** Whether who asked still waits for the answer: the tab, frame, element or held request is still there. */
export async function waits({ sighting, hold }: OpenChallenge): Promise<boolean> {
  const { tabId, kind, url, seenAt } = sighting.challenge;
  switch (kind) {
    case 'main_frame': {
      const tab = await chrome.tabs.get(tabId).catch(() => undefined);
      // On its way from a page whose URL the purse may not see, a tab shows neither where it is nor where it goes.
      if (tab?.status === 'loading' && Date.now() - seenAt < COMMIT_WITHIN) return true;
      return [tab?.url, tab?.pendingUrl].some(
        (shown) => shown !== undefined && withoutFragment(shown) === url,
      );
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
        tell(tabId, { documentId: hold.documentId }, { bridge: 'look', what: 'hold', name: hold.id })
      );
  }
}

/** Makes a document or an image ask again; false when it is no longer there. */
export async function askAgain(sighting: Sighting): Promise<boolean> {
  const { tabId, kind, method, url } = sighting.challenge;
  switch (kind) {
    case 'main_frame':
      if (!(await shows(tabId, url))) return false;
      // The page's own reload repeats a form without a prompt. A bare 402 has no page of its own, only the browser's.
      if (method === 'GET' || !(await inFrame(sighting, { bridge: 'again', what: 'document', name: url }))) {
        await chrome.tabs.reload(tabId, { bypassCache: true });
      }
      return true;
    case 'sub_frame':
      for (const pause of FRAME_LOOKS) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (await inFrame(sighting, { bridge: 'again', what: 'document', name: url })) return true;
      }
      // No document of its own: the browser's error page, which only the frame around it can load anew.
      return inParent(sighting, { bridge: 'again', what: 'frame', name: sighting.asked.url });
    case 'image':
      return inDocument(sighting, { bridge: 'again', what: 'image', name: sighting.asked.url });
    case 'xmlhttprequest':
      return false;
  }
}

/** Waits until the tab shows the document of this URL: a reload before that would repeat the page before it. */
function shows(tabId: number, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (shown: boolean) => {
      clearTimeout(deadline);
      chrome.tabs.onUpdated.removeListener(updated);
      resolve(shown);
    };
    const look = async () => {
      const tab = await chrome.tabs.get(tabId).catch(() => undefined);
      if (tab === undefined) end(false);
      else if (tab.pendingUrl === undefined && withoutFragment(tab.url ?? '') === url) end(true);
    };
    const updated = (updatedId: number) => {
      if (updatedId === tabId) void look();
    };
    const deadline = setTimeout(end, COMMIT_WITHIN, false);
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
