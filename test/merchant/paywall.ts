import type { Diary } from './books.ts';
import { encodeHeader, type PaymentRequired } from './envelope.ts';
import type { Facilitator } from './facilitator.ts';
import { type Answer, type Content, HANG_UP, json, type Reply, sendOn, show, type Visit } from './http.ts';
import { LostAnswers } from './lost-answers.ts';
import { type Delivery, type Outcome, type Refusal, type Resource, refused } from './mechanisms/mechanism.ts';
import type { SettledPayment } from './spent.ts';
import { readTerms, type Terms } from './terms.ts';

/** How a route treats a proof: as it should, or in one of the ways in which servers go wrong. */
export type Manner = 'honest' | 'always-refuses' | 'loses-answer' | 'moves-away';

/** Something that costs money. */
export interface PaidRoute {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly mimeType: string;
  readonly description: string;
  readonly manner: Manner;
  /** `Cache-Control` of the 402. */
  readonly cacheControl: string;
  /** What is shown with the 402. */
  readonly teaser: (required: PaymentRequired) => Content;
  /** What was paid for. */
  readonly content: (visit: Visit) => Content;
}

interface Proof {
  readonly encoded: string;
  readonly delivery: Delivery;
}

/** What is being sold, to whom, and for what. */
interface Deal {
  readonly visit: Visit;
  readonly route: PaidRoute;
  readonly terms: Terms;
  readonly resource: Resource;
}

/** Stands between a visit and what it wants: 402 until a good proof comes, then the content, once. */
export class Paywall {
  readonly #facilitator: Facilitator;
  readonly #diary: Diary;
  readonly #defaults: Terms;
  readonly #network: string;
  readonly #now: () => number;
  readonly #lost: LostAnswers;

  constructor(facilitator: Facilitator, diary: Diary, defaults: Terms, network: string, now: () => number) {
    this.#facilitator = facilitator;
    this.#diary = diary;
    this.#defaults = defaults;
    this.#network = network;
    this.#now = now;
    this.#lost = new LostAnswers(now);
  }

  async serve(visit: Visit, route: PaidRoute): Promise<Answer> {
    const proof = proofOf(visit, route);
    if (proof === undefined && !asks(visit, route)) {
      return show(405, json({ error: 'Method not allowed' }), { Allow: route.method });
    }
    const deal: Deal = {
      visit,
      route,
      terms: readTerms(visit.url.searchParams, this.#defaults),
      resource: { url: visit.href, route: route.path },
    };
    if (proof === undefined) {
      this.#lost.askedAgain(visit.href);
      return this.#demand(deal, 'Payment Required');
    }
    switch (route.manner) {
      case 'honest':
        return this.#sell(proof, deal);
      case 'always-refuses':
        return this.#takeAndRefuse(proof, deal);
      case 'loses-answer':
        return this.#sellForgetfully(proof, deal);
      case 'moves-away':
        return sendOn(visit, visit.url.searchParams.get('to') ?? '/free');
    }
  }

  async #sell(proof: Proof, deal: Deal): Promise<Reply> {
    const outcome = await this.#redeem(proof, deal);
    return outcome.kind === 'settled' ? this.#deliver(deal, outcome.payment) : this.#refuse(deal, outcome);
  }

  /** Takes the money, keeps honest books of it, and asks for more. */
  async #takeAndRefuse(proof: Proof, deal: Deal): Promise<Reply> {
    const outcome = await this.#redeem(proof, deal);
    return this.#refuse(
      deal,
      refused(outcome.kind === 'refused' ? outcome.error : 'Payment received, content withheld'),
    );
  }

  /** Settles, and cuts the line instead of answering; answers when the same proof comes again. */
  async #sellForgetfully(proof: Proof, deal: Deal): Promise<Answer> {
    const { url } = deal.resource;
    const owed = this.#lost.collect(url, proof.encoded);
    if (owed === 'too soon') return HANG_UP;
    if (owed !== undefined) return this.#deliver(deal, owed);
    const outcome = await this.#redeem(proof, deal);
    if (outcome.kind === 'refused') return this.#refuse(deal, outcome);
    this.#lost.owe(url, proof.encoded, outcome.payment);
    return HANG_UP;
  }

  #redeem({ encoded, delivery }: Proof, { resource }: Deal): Promise<Outcome> {
    return this.#facilitator.redeem(encoded, resource, delivery);
  }

  #deliver({ visit, route }: Deal, { hash, receiveHash, payer }: SettledPayment): Reply {
    const receipt = { success: true, transaction: receiveHash ?? hash, network: this.#network, payer };
    const headers = { 'PAYMENT-RESPONSE': encodeHeader(receipt), 'Cache-Control': 'private, no-store' };
    return show(200, route.content(visit), headers);
  }

  #refuse(deal: Deal, { status, error, code }: Refusal): Reply {
    this.#diary.refusals.push({ at: this.#now(), ...deal.resource, status, reason: error });
    const outcome = { x402Version: 2, success: false, error, transaction: '', network: this.#network };
    const headers = { 'PAYMENT-RESPONSE': encodeHeader(outcome) };
    if (status === 402) {
      const demand = this.#demand(deal, error);
      return { ...demand, headers: { ...demand.headers, ...headers } };
    }
    const body = json(code === undefined ? { error } : { error, code });
    return show(status, body, { ...headers, 'Cache-Control': 'no-store' });
  }

  #demand({ resource, route, terms }: Deal, error: string): Reply {
    const introduction = { description: terms.description || route.description, mimeType: route.mimeType };
    const required = this.#facilitator.offer(resource, terms, introduction, error);
    return show(402, route.teaser(required), {
      'PAYMENT-REQUIRED': encodeHeader(required, terms.encoding),
      'Cache-Control': route.cacheControl,
    });
  }
}

/** Whether the visit asks for what is sold here; a HEAD asks for the price and buys nothing. */
function asks({ method }: Visit, route: PaidRoute): boolean {
  return method === route.method || (method === 'HEAD' && route.method === 'GET');
}

/** The proof a visit brings, if any: in the header of the right method, or in the body of a POST where GET is right. */
function proofOf(visit: Visit, route: PaidRoute): Proof | undefined {
  const header = visit.headers['payment-signature'];
  if (visit.method === route.method && typeof header === 'string') {
    return { encoded: header, delivery: 'header' };
  }
  if (visit.method !== 'POST' || route.method === 'POST') return undefined;
  const encoded = fallbackSignature(visit.body.toString('utf8'));
  return encoded === undefined ? undefined : { encoded, delivery: 'body' };
}

function fallbackSignature(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || !('paymentSignature' in value)) return undefined;
    return typeof value.paymentSignature === 'string' ? value.paymentSignature : undefined;
  } catch {
    return undefined;
  }
}
