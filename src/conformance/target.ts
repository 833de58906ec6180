import { serverDateOf } from '../interception/server-date.ts';
import { harderWorkOf } from '../protocol/mechanisms/index.ts';
import { type Classification, classify } from '../protocol/offer/classify.ts';
import type { EntryOffer } from '../protocol/offer/offer.ts';
import type { HttpResponse } from './ports.ts';

/** The request under test, as the user typed it. */
export interface Target {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** A URL of the same server whose handler fails after a good proof; null when there is none. */
  readonly failingUrl: string | null;
}

/** What an endpoint asks for, as one unpaid request shows it. */
export interface Inspection {
  readonly response: HttpResponse | null;
  /** The value of PAYMENT-REQUIRED; null where the answer has none. */
  readonly header: string | null;
  /** What the header says; null where there is none. */
  readonly classification: Classification | null;
  /** What can be paid and probed, the best first. */
  readonly offers: readonly EntryOffer[];
}

/** Reads the answer to an unpaid request. `arrivedAt` in ms: the timers of offers run from there. */
export function inspectionOf(
  response: HttpResponse | null,
  url: string,
  network: string,
  arrivedAt: number,
): Inspection {
  const header = (response?.status === 402 && response.headers['payment-required']) || null;
  if (header === null) return { response, header, classification: null, offers: [] };
  const headers = response?.headers;
  const serverDate = serverDateOf({ date: headers?.date ?? null, age: headers?.age ?? null });
  const context = { url: url.replace(/#.*$/, ''), network, arrivedAt, serverDate, now: arrivedAt };
  const classification = classify(header, context);
  const payable = classification.kind === 'offers' ? classification.offers : [];
  // The blocks of a test have the network's work: a right server would refuse them for an offer that wants more.
  const offers = payable.filter((offer) => harderWorkOf(offer) === undefined);
  return { response, header, classification, offers };
}
