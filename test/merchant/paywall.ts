import { decodePayload, encodeHeader, type PaymentRequired } from './envelope.ts';
import type { Facilitator, Written } from './facilitator.ts';
import { type Faults, faultyTerms, NO_FAULTS } from './faults.ts';
import type { Wording } from './flavour.ts';
import { type HashGate, isByHash, notYet, shownHash } from './hash-gate.ts';
import {
  type Answer,
  type Content,
  HANG_UP,
  html,
  json,
  type Reply,
  sendOn,
  show,
  type Visit,
} from './http.ts';
import { LostAnswers } from './lost-answers.ts';
import {
  type Delivery,
  type Outcome,
  type Refusal,
  type Resource,
  refused,
  sessionLost,
} from './mechanisms/mechanism.ts';
import { paywall } from './pages/paywall.ts';
import { AnsweredPayments, identifierOf } from './payment-identifier.ts';
import type { RequestLog } from './records.ts';
import { Rejections } from './rejections.ts';
import type { SettledPayment } from './spent.ts';
import { readTerms, type Terms } from './terms.ts';

/** How a route treats a proof: as it should, or in one of the ways in which servers go wrong. */
export type Manner = 'honest' | 'always-refuses' | 'loses-answer' | 'breaks-off' | 'moves-away' | 'fails';

/** Something that costs money. */
export interface PaidRoute {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly mimeType: string;
  readonly description: string;
  readonly manner: Manner;
  /** The path whose offers it takes proofs for, where that is another one; there, no proof is looked at. */
  readonly redeems?: string;
  readonly takesProofs?: false;
  /** `Cache-Control` of the 402. */
  readonly cacheControl: string;
  /** What is shown with the 402. */
  readonly teaser: (required: PaymentRequired) => Content;
  /** What was paid for. */
  readonly content: (visit: Visit) => Content;
  /** Whether a visit needs no proof, since it brings what an earlier one was given with the content; none by default. */
  readonly admits?: (visit: Visit) => boolean;
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
  readonly #hashGate: HashGate;
  readonly #requestLog: RequestLog;
  readonly #defaults: Terms;
  readonly #network: string;
  readonly #now: () => number;
  readonly #faults: Faults;
  readonly #lost: LostAnswers;
  /** What was paid for in a session that was then forgotten, by URL and proof. */
  readonly #forgotten = new Map<string, SettledPayment>();
  /** The proofs that were refused, at a merchant that never judges one twice. */
  readonly #tooEarly = new Set<string>();
  readonly #answered = new AnsweredPayments();
  readonly #rejections = new Rejections();
  /** The URLs that were offered before. */
  readonly #offered = new Set<string>();

  constructor(
    facilitator: Facilitator,
    hashGate: HashGate,
    requestLog: RequestLog,
    defaults: Terms,
    network: string,
    now: () => number,
    faults: Faults = NO_FAULTS,
  ) {
    this.#faults = faults;
    this.#facilitator = facilitator;
    this.#hashGate = hashGate;
    this.#requestLog = requestLog;
    this.#defaults = defaults;
    this.#network = network;
    this.#now = now;
    this.#lost = new LostAnswers(now);
  }

  async serve(visit: Visit, route: PaidRoute): Promise<Answer> {
    const terms = faultyTerms(readTerms(visit.url.searchParams, this.#defaults), this.#faults);
    const shown = isByHash(terms) ? hashOf(visit, route) : proofOf(visit, route);
    const proof = route.takesProofs === false ? undefined : shown;
    if (proof === undefined && !asks(visit, route)) {
      return show(405, json({ error: 'Method not allowed' }), { Allow: route.method });
    }
    const deal: Deal = {
      visit,
      route,
      terms,
      resource: { url: this.#urlOf(visit, route), route: route.path },
    };
    if (route.admits?.(visit)) return handOut(deal, {});
    if (proof === undefined) {
      this.#lost.askedAgain(visit.href);
      return this.#demand(deal, 'Payment Required');
    }
    return this.#identified(proof, deal, () => this.#receive(proof, deal));
  }

  /** The URL that is sold: the one that was asked for, or that makes the offers for it. */
  #urlOf({ href, headers }: Visit, { path, redeems = path }: PaidRoute): string {
    const forwarded = headers['x-forwarded-host'];
    const sold = href.replace(path, redeems);
    if (!this.#faults.has('forwarded-host') || typeof forwarded !== 'string') return sold;
    const url = new URL(sold);
    url.host = forwarded;
    return url.href;
  }

  /** Forgets which proofs came, and what was answered. */
  clear(): void {
    this.#forgotten.clear();
    this.#tooEarly.clear();
    this.#answered.clear();
    this.#rejections.clear();
    this.#offered.clear();
  }

  /** Sees to it that one payment identifier stands for one payment (docs/WIRE.md §1.3), where the terms ask for any. */
  async #identified({ encoded }: Proof, deal: Deal, judge: () => Promise<Answer>): Promise<Answer> {
    const { paymentIdentifier } = deal.terms;
    const presented = paymentIdentifier === 'none' ? undefined : decodePayload(encoded);
    if (presented === undefined) return judge();
    const required = paymentIdentifier === 'required';
    const identifier = identifierOf(presented, required);
    switch (identifier.kind) {
      case 'absent':
        return required && !this.#faults.has('identifier-optional')
          ? this.#refuse(deal, bad(400, 'payment-identifier required'))
          : judge();
      case 'malformed':
        return this.#refuse(deal, bad(400, 'payment-identifier malformed'));
      case 'changed':
        return this.#refuse(deal, refused('extension_echo_mismatch'));
      case 'given': {
        const earlier = this.#faults.has('identifier-conflict') && this.#answered.to(identifier.id);
        if (earlier) return earlier;
        if (this.#faults.has('identifier-forgets')) return judge();
        const answer = await this.#answered.once(identifier.id, deal.resource.url, presented, judge);
        if (answer !== 'conflict') return answer;
        return this.#refuse(deal, bad(409, 'payment-identifier used for another payment'));
      }
    }
  }

  async #receive(proof: Proof, deal: Deal): Promise<Answer> {
    const { visit, route, resource, terms } = deal;
    const unconfirmed = () =>
      isByHash(terms) ? notYet : this.#facilitator.unconfirmed(proof.encoded, terms);
    const refusal = this.#rejections.refusal(resource.url, proof.encoded, terms.refuses, unconfirmed);
    if (refusal !== undefined) return this.#refuse(deal, refusal);
    const flawed = await this.#misjudge(proof, deal);
    if (flawed !== undefined) return flawed;
    if (terms.losesSession) return this.#sellByPost(proof, deal);
    switch (route.manner) {
      case 'honest':
        return this.#sell(proof, deal);
      case 'always-refuses':
        return this.#takeAndRefuse(proof, deal);
      case 'loses-answer':
        return this.#sellForgetfully(proof, deal, () => HANG_UP);
      case 'breaks-off':
        return this.#sellForgetfully(proof, deal, (payment) => ({
          ...this.#deliver(deal, payment),
          breaksOff: true,
        }));
      case 'fails':
        return this.#fail(proof, deal);
      case 'moves-away':
        return sendOn(visit, visit.url.searchParams.get('to') ?? '/free');
    }
  }

  /** The answer of a merchant that goes wrong with good proofs; undefined where it has no such fault. */
  async #misjudge(proof: Proof, deal: Deal): Promise<Reply | undefined> {
    if (this.#faults.has('takes-and-refuses')) return this.#takeAndRefuse(proof, deal);
    const once = { first: 1, with: 'pending' } as const;
    const first = () => this.#rejections.refusal(deal.resource.url, proof.encoded, once, () => notYet);
    if (this.#faults.has('pending-drops')) return this.#refuse(deal, first() ?? refused('Payment Required'));
    if (!this.#faults.has('early-is-final')) return undefined;
    const key = `${deal.resource.url} ${proof.encoded}`;
    if (this.#tooEarly.has(key)) return this.#refuse(deal, refused('Payment refused'));
    const outcome = await this.#redeem(proof, deal);
    if (outcome.kind === 'settled') return this.#deliver(deal, outcome.payment);
    this.#tooEarly.add(key);
    return this.#refuse(deal, outcome);
  }

  async #sell(proof: Proof, deal: Deal): Promise<Reply> {
    const outcome = await this.#redeem(proof, deal);
    return outcome.kind === 'settled' ? this.#deliver(deal, outcome.payment) : this.#refuse(deal, outcome);
  }

  /** Settles, forgets whose session it was, and gives the content when the same proof comes by POST (docs/WIRE.md §3.4). */
  async #sellByPost(proof: Proof, deal: Deal): Promise<Reply> {
    const key = `${deal.resource.url} ${proof.encoded}`;
    const owed = this.#forgotten.get(key);
    if (owed !== undefined && proof.delivery === 'header') return this.#refuse(deal, sessionLost);
    if (owed !== undefined) {
      this.#forgotten.delete(key);
      return this.#deliver(deal, owed);
    }
    const outcome = await this.#redeem(proof, deal);
    if (outcome.kind === 'refused') return this.#refuse(deal, outcome);
    this.#forgotten.set(key, outcome.payment);
    return this.#refuse(deal, sessionLost);
  }

  /** Takes the money, keeps honest records of it, and asks for more. */
  async #takeAndRefuse(proof: Proof, deal: Deal): Promise<Reply> {
    const outcome = await this.#redeem(proof, deal);
    return this.#refuse(
      deal,
      refused(outcome.kind === 'refused' ? outcome.error : 'Payment received, content withheld'),
    );
  }

  /** Settles, and cuts the line instead of answering, or while it does; answers when the same proof comes again. */
  async #sellForgetfully(
    proof: Proof,
    deal: Deal,
    cut: (payment: SettledPayment) => Answer,
  ): Promise<Answer> {
    const { url } = deal.resource;
    const owed = this.#lost.collect(url, proof.encoded);
    if (owed === 'too soon') return HANG_UP;
    if (owed !== undefined) return this.#deliver(deal, owed);
    const outcome = await this.#redeem(proof, deal);
    if (outcome.kind === 'refused') return this.#refuse(deal, outcome);
    this.#lost.owe(url, proof.encoded, outcome.payment);
    return cut(outcome.payment);
  }

  /** Breaks before anything is settled, as x402 has it: what fails is not charged for. */
  async #fail(proof: Proof, deal: Deal): Promise<Reply> {
    if (this.#faults.has('charges-failures')) await this.#redeem(proof, deal);
    return show(500, json({ error: 'The handler failed' }), cacheHeader(deal.terms, 'no-store'));
  }

  #redeem({ encoded, delivery }: Proof, { resource, terms }: Deal): Promise<Outcome> {
    return isByHash(terms)
      ? this.#hashGate.redeem(encoded, resource, terms)
      : this.#facilitator.redeem(encoded, resource, delivery, terms);
  }

  #deliver(deal: Deal, payment: SettledPayment): Reply {
    const { terms } = deal;
    const { creditRaw } = terms;
    return handOut(deal, {
      ...(!isByHash(terms) && responseHeader(this.#facilitator.receipt(payment, terms))),
      ...(creditRaw !== undefined && { 'X-Nano-Credit-Remaining-Raw': String(creditRaw) }),
    });
  }

  #refuse(deal: Deal, { status, error, code, wording }: Refusal): Reply {
    const said = wording?.status ?? status;
    this.#requestLog.refusals.push({ at: this.#now(), ...deal.resource, status: said, reason: error });
    if (isByHash(deal.terms))
      return this.#hashGate.refuse(deal.visit, deal.terms, { kind: 'refused', status, error });
    if (wording !== undefined) return this.#refuseIn(wording, deal, error);
    const outcome = { x402Version: 2, success: false, error, transaction: '', network: this.#network };
    const headers = { 'PAYMENT-RESPONSE': encodeHeader(outcome) };
    if (status === 402) {
      const demand = this.#demand(deal, error);
      return meansHtml(deal) ? demand : { ...demand, headers: { ...demand.headers, ...headers } };
    }
    const body = json(code === undefined ? { error } : { error, code });
    const cache = this.#faults.has('kept-refusals') ? {} : cacheHeader(deal.terms, 'no-store');
    return show(status, body, { ...headers, ...cache });
  }

  /** A refusal exactly as another server words it. */
  #refuseIn(
    { status, body, receipt, offersAgain, headers: further }: Wording,
    deal: Deal,
    error: string,
  ): Reply {
    const encoding = this.#facilitator.encoding(deal.terms);
    const headers = {
      ...(receipt === undefined ? {} : responseHeader({ value: receipt, encoding })),
      ...(status === 402 && offersAgain ? this.#demand(deal, error).headers : {}),
    };
    return show(status, json(body), {
      ...headers,
      ...further,
      ...cacheHeader(deal.terms, 'no-store'),
      'Content-Type': JSON_TYPE,
    });
  }

  #demand(deal: Deal, error: string): Reply {
    if (isByHash(deal.terms)) return this.#hashGate.demand(deal.visit, deal.terms, {});
    const { resource, route } = deal;
    const terms = this.#offered.has(resource.url) ? deal.terms : firstTerms(deal.terms);
    this.#offered.add(resource.url);
    const introduction = { description: terms.description || route.description, mimeType: route.mimeType };
    const required = this.#facilitator.offer(resource, terms, introduction, error);
    if (meansHtml(deal)) return show(402, html(paywall(required)));
    const body = this.#facilitator.demandBody(required, terms);
    return show(402, body === undefined ? route.teaser(required) : json(body), {
      'PAYMENT-REQUIRED': encodeHeader(required, this.#facilitator.encoding(terms)),
      ...cacheHeader(terms, this.#faults.has('cacheable') ? 'public, max-age=600' : route.cacheControl),
    });
  }
}

/** The content, with what else the answer says. */
function handOut({ visit, route, terms }: Deal, headers: Readonly<Record<string, string>>): Reply {
  const content = route.content(visit);
  return show(content.isPart ? 206 : 200, content, {
    ...content.headers,
    ...headers,
    ...cacheHeader(terms, 'private, no-store'),
  });
}

/** What an answer says of caches: the reference servers never say that it must not be kept (docs/WIRE.md §5 T30). */
function cacheHeader({ flavour }: Terms, cacheControl: string): Readonly<Record<string, string>> {
  const isUnsaid = flavour === 'reference' && cacheControl.includes('no-store');
  return isUnsaid ? {} : { 'Cache-Control': cacheControl };
}

const firstTerms = ({ firstExpirySeconds, ...terms }: Terms): Terms => ({
  ...terms,
  firstExpirySeconds,
  expirySeconds: firstExpirySeconds ?? terms.expirySeconds,
});

const JSON_TYPE = 'application/json';

const bad = (status: 400 | 409, error: string): Refusal => ({ kind: 'refused', status, error });

function responseHeader(written: Written | undefined): Readonly<Record<string, string>> {
  return written === undefined ? {} : { 'PAYMENT-RESPONSE': encodeHeader(written.value, written.encoding) };
}

/** Whether this visit is what an x402 server up to 2.10 takes for a browser, where the terms make us one. */
function meansHtml({ visit, terms }: Deal): boolean {
  const { accept = '', 'user-agent': agent = '' } = visit.headers;
  return terms.paywall === 'html' && accept.includes('text/html') && agent.includes('Mozilla');
}

/** Whether the visit asks for what is sold here; a HEAD asks for the price and buys nothing. */
function asks({ method }: Visit, route: PaidRoute): boolean {
  return method === route.method || (method === 'HEAD' && route.method === 'GET');
}

/** The bare hash that a visit brings, if any, with a request of the right method. */
function hashOf(visit: Visit, route: PaidRoute): Proof | undefined {
  const encoded = visit.method === route.method ? shownHash(visit) : undefined;
  return encoded === undefined ? undefined : { encoded, delivery: 'header' };
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
