import { type Challenge, isHeld } from '../challenge.ts';
import { OPAQUE } from '../urls.ts';
import type { Target } from './proof-rule.ts';

/** The request that may carry the proof of a challenge. */
export function targetOf(challenge: Challenge, nonce: string): Target {
  const { tabId, kind, url, method, fromServiceWorker } = challenge;
  const isDocument = kind === 'main_frame' || kind === 'sub_frame';
  return {
    tabId,
    // A document is loaded past the worker.
    ...(fromServiceWorker === true && !isDocument && { fromServiceWorker }),
    kind,
    url,
    method,
    initiators: initiatorsOf(challenge),
    ...(isHeld(challenge) && { nonce }),
  };
}

/** The hosts whose documents may start the request; null where the user or an opaque document may. */
function initiatorsOf({ kind, url, initiator, ancestors = [] }: Challenge): readonly string[] | null {
  if (kind === 'main_frame' || initiator === null || initiator === OPAQUE) return null;
  // A frame is loaded again by its own document, or by the one around it.
  const origins = kind === 'sub_frame' ? [initiator, url, ...ancestors.slice(0, 1)] : [initiator];
  const hosts = origins.filter((origin) => origin !== OPAQUE).map((origin) => new URL(origin).hostname);
  return [...new Set(hosts)];
}
