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
  /** What can be paid, the best first. */
  readonly offers: readonly EntryOffer[];
  /** What can be probed: the same, and offers whose proofs another URL takes, which no wallet pays. */
  readonly probed: readonly EntryOffer[];
}

/** Reads the answer to an unpaid request. `arrivedAt` in ms: the timers of offers run from there. */
export function inspectionOf(
  response: HttpResponse | null,
  url: string,
  network: string,
  arrivedAt: number,
): Inspection {
  const header = (response?.status === 402 && response.headers['payment-required']) || null;
  if (header === null) return { response, header, classification: null, offers: [], probed: [] };
  const headers = response?.headers;
  const serverDate = serverDateOf({ date: headers?.date ?? null, age: headers?.age ?? null });
  const context = { url: url.replace(/#.*$/, ''), network, arrivedAt, serverDate, now: arrivedAt };
  const classification = classify(header, context);
  if (classification.kind === 'refused') return { response, header, classification, offers: [], probed: [] };
  const { entries, refused } = classification;
  // The blocks of a test have the network's work: a right server would refuse them for an offer that wants more.
  const offers = classification.offers.filter((offer) => harderWorkOf(offer) === undefined);
  const elsewhere = refused.flatMap(({ index, code }) => {
    const offer = code === 'PROOF_ELSEWHERE' ? entries[index]?.offer : undefined;
    return offer === undefined ? [] : [offer];
  });
  return { response, header, classification, offers, probed: [...offers, ...elsewhere] };
}
