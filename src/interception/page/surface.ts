import type { ElementName } from '../../messages/bridge.ts';
import type { Challenge, RequestKind } from '../challenge.ts';
import type { ObservedRequest } from '../observed-request.ts';

/**
 * How a 402 is prepared before its challenge is announced. `docs/SURFACES.md` says the same for users.
 *
 * - `hold`: the page of a script holds the response and sends the request again.
 * - `document`: a tab or frame loads its document again.
 * - `form`: as `document`, but the browser may ask the user whether to send the form again.
 * - `past-worker`: a document that came through a service worker is loaded again past that worker.
 * - `element`: the page starts the load of an element or a download again.
 * - `reload`: only a load of the whole page, by its user, asks for it again.
 * - `reload-unheld`: as `reload`, for a script whose page holds the response in vain.
 */
export type Preparation =
  | 'hold'
  | 'document'
  | 'form'
  | 'past-worker'
  | 'element'
  | 'reload'
  | 'reload-unheld';

/** What sends a request again: the tab, the frame, a hold, an element or link in its page, or a reload of the page. */
export type RetryMeans = 'tab' | 'frame' | 'hold' | 'download' | 'page' | ElementName;

interface Surface {
  readonly preparation: Preparation;
  readonly means: RetryMeans;
}

/** Preparation and means for each kind of request. A script needs a reload: run later, it would meet another page. */
const surfaces: Readonly<Record<RequestKind, Surface>> = {
  main_frame: { preparation: 'document', means: 'tab' },
  sub_frame: { preparation: 'document', means: 'frame' },
  xmlhttprequest: { preparation: 'hold', means: 'hold' },
  image: { preparation: 'element', means: 'image' },
  media: { preparation: 'element', means: 'media' },
  object: { preparation: 'element', means: 'object' },
  stylesheet: { preparation: 'element', means: 'style' },
  other: { preparation: 'element', means: 'download' },
  script: { preparation: 'reload', means: 'page' },
  font: { preparation: 'reload', means: 'page' },
};

/** The preparation of a 402: that of its kind, unless one of the exceptions applies. */
export function preparationOf({ challenge: { kind, method }, trait, route }: ObservedRequest): Preparation {
  switch (trait) {
    case 'navigation':
      return 'past-worker';
    case 'unseen':
    case 'stream':
      return 'reload';
    case undefined:
      break;
  }
  if (kind === 'xmlhttprequest' && route === null) return 'reload-unheld';
  if (kind === 'main_frame' && method !== 'GET') return 'form';
  return surfaces[kind].preparation;
}

export function retryMeansOf({ kind, userPart }: Pick<Challenge, 'kind' | 'userPart'>): RetryMeans {
  return userPart === 'load' ? 'page' : surfaces[kind].means;
}
