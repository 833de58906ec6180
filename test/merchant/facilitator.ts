import { decodePayload, type PaymentRequired } from './envelope.ts';
import {
  type Delivery,
  invalidPayload,
  type Mechanism,
  type Outcome,
  type Resource,
  refused,
} from './mechanisms/mechanism.ts';
import type { Terms } from './terms.ts';

/** How a resource introduces itself in an offer. */
export interface Introduction {
  readonly description: string;
  readonly mimeType: string;
}

/** Issues offers and judges proofs: the one place that knows all mechanisms. */
export class Facilitator {
  readonly #mechanisms: readonly Mechanism[];

  constructor(mechanisms: readonly Mechanism[]) {
    this.#mechanisms = mechanisms;
  }

  /** A fresh offer, with the reason why there is one. */
  offer(resource: Resource, terms: Terms, introduction: Introduction, error: string): PaymentRequired {
    return {
      x402Version: 2,
      error,
      resource: { url: resource.url, ...introduction },
      accepts: terms.mechanisms.map((name) => this.#named(name).offer(resource, terms)),
    };
  }

  /** Judges the base64 of a payment payload. Throws when no Nano node can tell. */
  async redeem(encoded: string, resource: Resource, delivery: Delivery): Promise<Outcome> {
    const presented = decodePayload(encoded);
    if (presented === undefined) return invalidPayload;
    const mechanism = this.#mechanisms.find((candidate) => candidate.recognises(presented.accepted));
    if (mechanism === undefined) return refused('No matching payment requirements');
    return mechanism.redeem(presented, resource, delivery);
  }

  #named(name: Mechanism['name']): Mechanism {
    const mechanism = this.#mechanisms.find((candidate) => candidate.name === name);
    if (mechanism === undefined) throw new Error(`This merchant does not take ${name}`);
    return mechanism;
  }
}
