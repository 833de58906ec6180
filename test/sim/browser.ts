import { answerHeaders } from '../../src/interception/answer-headers.ts';
import type { Challenge, DeliveryOutcome } from '../../src/interception/challenge.ts';
import type { Proof } from '../../src/interception/headers.ts';
import { Browser } from '../../src/payments/browser.fixture.ts';
import { challengeOf } from '../../src/payments/samples.fixture.ts';
import type { Reaction, SellerAnswer, SimulatedSeller } from './seller.ts';

/** A browser whose requests reach a simulated seller, each as the next reaction says. */
export class SimulatedBrowser extends Browser {
  readonly #seller: SimulatedSeller;
  readonly #now: () => number;
  /** What happens to the next deliveries; after them, the seller is honest and every line is good. */
  readonly reactions: Reaction[] = [];
  readonly #open = new Map<string, Challenge>();
  readonly #shown: string[] = [];

  constructor(seller: SimulatedSeller, now: () => number) {
    super();
    this.#seller = seller;
    this.#now = now;
  }

  /** A page asks for a URL, gets its 402, and waits. */
  ask(url: string, tabId: number): Challenge {
    const challenge = this.show(
      challengeOf({ url, tabId, header: this.#seller.offer(url), seenAt: this.#now() }),
    );
    this.#open.set(challenge.id, challenge);
    return challenge;
  }

  /** How many pages of a URL got its content: two tabs that ask at once may both have paid for it. */
  timesShown(url: string): number {
    return this.#shown.filter((shown) => shown === url).length;
  }

  /** The requests whose pages still wait. */
  waiting(): readonly Challenge[] {
    return [...this.#open.values()].filter((challenge) => this.waits(challenge));
  }

  override async freshOffer(challenge: Challenge): Promise<Challenge> {
    return { ...challenge, header: this.#seller.offer(challenge.url), seenAt: this.#now() };
  }

  override async deliver(challenge: Challenge, { value: proof }: Proof): Promise<DeliveryOutcome> {
    if (!this.waits(challenge)) return { kind: 'unanswered', reason: 'gone' };
    this.leave(challenge);
    this.proofs.push(proof);
    const reaction = this.reactions.shift();
    if (reaction?.reaches === false) return { kind: 'unanswered', reason: 'network' };
    const answer = reaction === undefined ? this.#seller.serve(proof) : this.#seller.receive(proof, reaction);
    if (reaction?.arrives === 'lost') return { kind: 'unanswered', reason: 'network' };
    return this.#arrive(challenge, answer, reaction?.arrives === 'cut');
  }

  #arrive({ url }: Challenge, { status, headers }: SellerAnswer, isCut: boolean): DeliveryOutcome {
    const read = answerHeaders((name) => headers.get(name) ?? null);
    if (!isCut && status === 200) this.#shown.push(url);
    return { kind: 'answered', status, ...read, bodyEnd: Promise.resolve(isCut ? 'network' : 'complete') };
  }
}
