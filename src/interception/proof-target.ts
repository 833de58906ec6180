import { type Challenge, isHeld, type RequestKind } from './challenge.ts';
import type { Proof } from './headers.ts';
import { OPAQUE } from './urls.ts';

/** The one request that a proof is meant for, as far as the browser can name it before it comes. */
export interface Target {
  readonly tabId: number;
  /** The request may come from a worker that belongs to no tab. */
  readonly fromServiceWorker?: true;
  readonly kind: RequestKind;
  readonly url: string;
  readonly method: string;
  /** Hosts whose documents may start the request; null for what the user or an opaque document may start. */
  readonly initiators: readonly string[] | null;
  /** The document whose script sends the request; absent for what the browser asks for. */
  readonly documentId?: string;
  /** The end of the fragment of a request that a script sends; absent for what the browser asks for. */
  readonly nonce?: string;
}

/** Ends what `ProofCarrier` armed. It may be called twice. */
export type Disarm = () => Promise<void>;

/** Changes the next request to a target, before it goes out. */
export interface ProofCarrier {
  /** Puts a proof on it. Resolves once requests carry the proof. */
  arm(target: Target, proof: Proof): Promise<Disarm>;
  /** Answers it with a `data:` URL, without asking its server. */
  answer(target: Target, data: string): Promise<Disarm>;
}

/** The request that may carry the proof of a challenge. */
export function targetOf(challenge: Challenge, nonce: string): Target {
  const { tabId, documentId, kind, url, method, fromServiceWorker } = challenge;
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
    ...(isHeld(challenge) && documentId !== null && { documentId }),
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
