import { payableMethods } from '../challenge.ts';
import { createInterception, type InterceptionPorts, type PageInterception } from '../create-interception.ts';
import { firefoxNetwork } from './network.ts';
import { ProofHeaders } from './proof-headers.ts';
import { FirefoxResponseHolds } from './response-holds.ts';

/**
 * Interception in Firefox, which holds a response until its listeners have decided. The `fetch` and XHR of documents stay with
 * the content scripts: their pages see no redirect, and outlive a stop of the event page.
 */
export function createFirefoxInterception(ports: InterceptionPorts): PageInterception {
  const network = firefoxNetwork();
  return createInterception(ports, {
    network,
    carrier: new ProofHeaders(network),
    canCarry: (_, method) => (payableMethods as readonly string[]).includes(method),
    responseHolds: new FirefoxResponseHolds(network),
  });
}
