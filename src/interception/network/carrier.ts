import type { Challenge } from '../challenge.ts';
import type { ObservedRequest } from '../observed-request.ts';
import { OPAQUE, originOf } from '../urls.ts';
import { frameOf } from './watch.ts';

/** What the network layer tells of a request that carries a proof. */
export interface Carrier
  extends Pick<
    chrome.webRequest.OnSendHeadersDetails,
    'type' | 'documentId' | 'parentDocumentId' | 'frameId' | 'parentFrameId'
  > {
  /** As `BrowserNetwork.initiatorOf` gives it. */
  readonly initiator?: string | undefined;
}

/**
 * Whether a request that carries a proof is not the one that was paid for. A header rule names hosts and a tab, and no
 * origin, document or frame, so that a frame of another port or subdomain may have sent the same request first.
 */
export function isStranger({ challenge, parentDocumentId }: ObservedRequest, carrier: Carrier): boolean {
  const { kind, documentId, frameId, userPart, fromServiceWorker } = challenge;
  if (!mayStart(challenge, carrier.initiator ?? null)) return true;
  // A worker's request has neither frame nor document.
  if (fromServiceWorker === true && carrier.documentId === undefined) return false;
  const isTop = frameId === 0;
  if (isTop && frameOf(carrier) !== 0) return true;
  // Loading a page again gives new ids to its documents and frames.
  if (userPart === 'load') return false;
  switch (kind) {
    case 'main_frame':
      return false;
    case 'sub_frame':
    case 'object':
      return frameOf(carrier) !== frameId || carrier.parentDocumentId !== parentDocumentId;
    default:
      return (carrier.documentId ?? null) !== documentId;
  }
}

/** Whether a document of this origin may have started the request; null stands for the user. */
function mayStart({ kind, url, method, initiator, ancestors }: Challenge, starter: string | null): boolean {
  if (starter === initiator) return true;
  if (kind !== 'main_frame' && kind !== 'sub_frame') return false;
  // A document may load itself anew, or be loaded anew by the user or by the frame around it.
  if (starter === null || starter === originOf(url)) return true;
  // A sandboxed page that sends its own form again has the opaque origin `null` as initiator.
  return kind === 'sub_frame' ? starter === ancestors?.[0] : starter === OPAQUE && method !== 'GET';
}
