import { OPAQUE, originOf } from '../urls.ts';

/** The id that the browser gives as the parent of a top frame. */
const NO_FRAME = -1;

/**
 * Origins of a frame and of all frames around it, the nearest first and the top one last. The text `null` stands for a
 * frame whose origin its URL does not tell (`about:blank`, `srcdoc`, `data:`), and ends the list where a frame is gone:
 * then who is around it is unknown.
 *
 * @param frameId the innermost frame of the list; the browser's -1 for none gives an empty list.
 */
export async function originsFrom(tabId: number, frameId: number): Promise<readonly string[]> {
  if (frameId === NO_FRAME) return [];
  const all = (await chrome.webNavigation.getAllFrames({ tabId }).catch(() => null)) ?? [];
  // In Chromium the list also has the frames of prerendered pages and of pages in the back/forward cache.
  const frames = new Map(
    all
      .filter(({ documentLifecycle }) => (documentLifecycle ?? 'active') === 'active')
      .map((frame) => [frame.frameId, frame]),
  );
  const origins: string[] = [];
  for (let id = frameId; id !== NO_FRAME; ) {
    const frame = frames.get(id);
    origins.push(originOf(frame?.url) ?? OPAQUE);
    id = frame?.parentFrameId ?? NO_FRAME;
  }
  return origins;
}

/** Origins of the frames around the one that shows this document, as `originsFrom` gives them. */
export async function originsAround(tabId: number, documentId: string): Promise<readonly string[]> {
  const frame = await chrome.webNavigation.getFrame({ documentId }).catch(() => null);
  return frame === null ? [OPAQUE] : originsFrom(tabId, frame.parentFrameId);
}
