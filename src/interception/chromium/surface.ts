import type { ElementName } from '../../messages/bridge.ts';
import type { Challenge, RequestKind } from '../challenge.ts';
import type { ObservedRequest } from '../observed-request.ts';
import { canName } from './proof-rule.ts';

/**
 * What is done about a 402 before its challenge is announced. `docs/SURFACES.md` tells the same for users.
 *
 * - `none`: nothing; its request cannot be made again with a proof.
 * - `hold`: the page of a script holds the response and sends the request again.
 * - `document`: a tab or frame loads its document again.
 * - `form`: as `document`, but the browser may ask the user whether to send the form again.
 * - `past-worker`: a document that came through a service worker is loaded again past that worker.
 * - `element`: the page starts the load of an element or a download again.
 * - `reload`: only a load of the whole page, by its user, asks for it again.
 * - `reload-unheld`: as `reload`, for a script whose page holds the response for nothing.
 */
export type Road =
  | 'none'
  | 'hold'
  | 'document'
  | 'form'
  | 'past-worker'
  | 'element'
  | 'reload'
  | 'reload-unheld';

/** What makes a request go again: the tab, the frame, a hold, an element or link in its page, or a load of the page. */
export type RetryMeans = 'tab' | 'frame' | 'hold' | 'download' | 'page' | ElementName;

interface Surface {
  readonly road: Road;
  readonly means: RetryMeans;
}

/** Road and means for each kind of request. A script that runs late is another script: those need a load of the page. */
const surfaces: Readonly<Record<RequestKind, Surface>> = {
  main_frame: { road: 'document', means: 'tab' },
  sub_frame: { road: 'document', means: 'frame' },
  xmlhttprequest: { road: 'hold', means: 'hold' },
  image: { road: 'element', means: 'image' },
  media: { road: 'element', means: 'media' },
  object: { road: 'element', means: 'object' },
  stylesheet: { road: 'element', means: 'style' },
  other: { road: 'element', means: 'download' },
  script: { road: 'reload', means: 'page' },
  font: { road: 'reload', means: 'page' },
};

/** The road of a 402: that of its kind, unless one of the exceptions applies. */
export function roadOf({ challenge: { kind, method, url }, trait, route }: ObservedRequest): Road {
  if (!canName(url, method)) return 'none';
  switch (trait) {
    case 'navigation':
      return 'past-worker';
    case 'unseen':
      return 'reload';
    case undefined:
      break;
  }
  if (kind === 'xmlhttprequest' && route === null) return 'reload-unheld';
  if (kind === 'main_frame' && method !== 'GET') return 'form';
  return surfaces[kind].road;
}

export function retryMeansOf({ kind, userPart }: Pick<Challenge, 'kind' | 'userPart'>): RetryMeans {
  return userPart === 'load' ? 'page' : surfaces[kind].means;
}

/** Whether the page of a script holds the response. */
export const isHeld = (challenge: Challenge): boolean => retryMeansOf(challenge) === 'hold';
