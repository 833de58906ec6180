import {
  type AcceptsEntry,
  decodePayload,
  type Encoding,
  type PaymentRequired,
  type Presented,
} from './envelope.ts';
import { type Faults, forNothing, MAGIC_DEPOSIT, NO_FAULTS } from './faults.ts';
import {
  type Delivery,
  invalidPayload,
  type Mechanism,
  noSuchOffer,
  type Outcome,
  type Refusal,
  type Resource,
} from './mechanisms/mechanism.ts';
import { identifierExtension } from './payment-identifier.ts';
import type { SettledPayment } from './spent.ts';
import type { Terms } from './terms.ts';

/** How a resource introduces itself in an offer. */
export interface Introduction {
  readonly description: string;
  readonly mimeType: string;
}

/** What goes on the wire beside a body, and in which alphabet. */
export interface Written {
  readonly value: unknown;
  readonly encoding: Encoding;
}

/** Issues offers and verifies proofs by all mechanisms. */
export class Facilitator {
  readonly #mechanisms: readonly Mechanism[];
  readonly #network: string;
  readonly #faults: Faults;

  constructor(mechanisms: readonly Mechanism[], network: string, faults: Faults = NO_FAULTS) {
    this.#mechanisms = mechanisms;
    this.#network = network;
    this.#faults = faults;
  }

  /** A fresh offer, with the reason why there is one. */
  offer(resource: Resource, terms: Terms, introduction: Introduction, error: string): PaymentRequired {
    const { mechanisms, paymentIdentifier } = terms;
    return {
      x402Version: 2,
      error,
      resource: { url: resource.url, ...introduction },
      accepts: mechanisms.map((name) => this.#entry(name, resource, terms)),
      ...(paymentIdentifier === 'none'
        ? {}
        : { extensions: identifierExtension(paymentIdentifier === 'required') }),
    };
  }

  /** Judges the base64 of a payment payload. Throws when no Nano node can tell. */
  async redeem(encoded: string, resource: Resource, delivery: Delivery, terms: Terms): Promise<Outcome> {
    const presented = decodePayload(encoded, this.#faults.has('any-version'));
    if (this.#isLetIn(presented)) {
      return { kind: 'settled', payment: forNothing('none', resource.url, resource.route) };
    }
    if (presented === undefined) return this.#worded(invalidPayload, undefined, terms);
    const mechanism = this.#mechanismOf(presented);
    if (mechanism === undefined) return this.#worded(noSuchOffer, presented, terms);
    const outcome = await mechanism.redeem(presented, resource, delivery, terms);
    return outcome.kind === 'settled' ? outcome : this.#worded(outcome, presented, terms);
  }

  /** What is said of a proof whose block is not confirmed yet, without looking. */
  unconfirmed(encoded: string, terms: Terms): Refusal {
    const presented = decodePayload(encoded);
    const mechanism = (presented && this.#mechanismOf(presented)) ?? this.#first(terms);
    return this.#worded(mechanism.unconfirmed, presented, terms);
  }

  /** What `PAYMENT-RESPONSE` holds beside the content, if anything. */
  receipt(payment: SettledPayment, { flavour }: Terms): Written | undefined {
    if (flavour === 'reference') {
      const habits = this.#mechanisms.find(({ name }) => name === payment.mechanism)?.reference;
      const value = habits?.receipt(payment, this.#network);
      return habits === undefined || value === undefined ? undefined : { value, encoding: habits.encoding };
    }
    const { hash, receiveHash, payer } = payment;
    const value = { success: true, transaction: receiveHash ?? hash, network: this.#network, payer };
    return { value, encoding: 'base64' };
  }

  /** What the body of a 402 holds where the reference server of the first mechanism decides; undefined otherwise. */
  demandBody(required: PaymentRequired, terms: Terms): unknown {
    return terms.flavour === 'reference' ? this.#first(terms).reference.demand(required) : undefined;
  }

  /** The alphabet of an offer, and of what is said about a proof. */
  encoding(terms: Terms): Encoding {
    const usual = terms.flavour === 'reference' ? this.#first(terms).reference.encoding : 'base64';
    return terms.encoding ?? usual;
  }

  /** In the reference flavour, the words of the server whose mechanism it is; a header nobody can read is the first's. */
  #worded(refusal: Refusal, presented: Presented | undefined, terms: Terms): Refusal {
    if (terms.flavour === 'spec') return refusal;
    const mechanism = (presented && this.#mechanismOf(presented)) ?? this.#first(terms);
    const wording = mechanism.reference.refusal(refusal, presented, this.#network);
    return { ...refusal, wording };
  }

  #entry(name: Mechanism['name'], resource: Resource, terms: Terms): AcceptsEntry {
    const entry = this.#named(name).offer(resource, terms);
    const deposit = this.#faults.has('client-payee') && new URL(resource.url).searchParams.get('deposit');
    return deposit ? { ...entry, payTo: deposit } : entry;
  }

  /** Whether a faulty merchant serves the content without further checks. */
  #isLetIn(presented: Presented | undefined): boolean {
    if (presented === undefined) return this.#faults.has('fail-open');
    if (this.#faults.has('magic-deposit') && presented.accepted.payTo === MAGIC_DEPOSIT) return true;
    return this.#faults.has('pollution') && isPolluted(presented.accepted.extra);
  }

  #mechanismOf({ accepted }: Presented): Mechanism | undefined {
    return this.#mechanisms.find((candidate) => candidate.recognises(accepted));
  }

  #first({ mechanisms: [name = 'nanoSession'] }: Terms): Mechanism {
    return this.#named(name);
  }

  #named(name: Mechanism['name']): Mechanism {
    const mechanism = this.#mechanisms.find((candidate) => candidate.name === name);
    if (mechanism === undefined) throw new Error(`This merchant does not take ${name}`);
    return mechanism;
  }
}

/** Merges as too many servers do, into settings that everybody shares; the prototype polluted is only a stand-in. */
function isPolluted(extra: Presented['accepted']['extra']): boolean {
  const shared: Record<string, unknown> = {};
  const settings: object = Object.create(shared);
  for (const [key, value] of Object.entries(extra)) {
    const into = key === '__proto__' ? shared : settings;
    Object.assign(into, typeof value === 'object' ? value : { [key]: value });
  }
  return 'paid' in settings && !Object.hasOwn(settings, 'paid');
}
