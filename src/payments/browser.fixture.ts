import { answerHeaders } from '../interception/answer-headers.ts';
import { type Challenge, type DeliveryOutcome, isReloadedWhenPaid } from '../interception/challenge.ts';
import { headersOf, type Proof } from '../interception/headers.ts';
import type { SessionStore } from '../interception/open-challenges.ts';
import type { OtherAnswer } from '../interception/other-answer.ts';
import { type Price, plainPriceIn, withBody } from '../interception/price.ts';
import type { PostAnswer } from './proof-delivery.ts';
import { challengeOf } from './samples.fixture.ts';

/** A test double of the browser: pages that wait for the end of their 402s, and requests that are sent again. */
export class Browser {
  readonly #waiting = new Set<string>();
  /** What ends the wait for a page that has to send a paid request again by itself. */
  readonly #sendsAgain = new Map<string, () => void>();
  /** What each challenge's request got when it was sent again. */
  readonly answers = new Map<string, { readonly status: number; readonly text: string }>();
  /** The URLs whose content was shown. */
  readonly served = new Set<string>();
  /** The challenges whose pages got their 402. */
  readonly released: string[] = [];
  /** The challenges whose pages got their 402 while their question stays. */
  readonly givenBack: string[] = [];
  /** The challenges for which a fresh offer was asked for, in order. */
  readonly renewed: string[] = [];
  /** Every proof that was sent, in order. */
  readonly proofs: string[] = [];
  /** Every body that was posted, in order. */
  readonly posts: string[] = [];
  /** The challenges whose pages are to send their request once more, after which pause (ms), and whether they still are to. */
  readonly repeated: [challenge: string, pause: number, isStillOwed: () => Promise<boolean>][] = [];
  /** What each challenge's page got in the place of a refusal, as text; null for nothing. */
  readonly replaced = new Map<string, string | null>();
  /** Every token that was sent beside a proof, in order. */
  readonly tokens: string[] = [];
  /** What outlives a worker, as `session` stores it. */
  readonly kept = new Map<string, unknown>();
  /** Stores what the browser would: a copy, and only what JSON can say. */
  readonly session: SessionStore = {
    read: async (prefix) => new Map([...this.kept].filter(([key]) => key.startsWith(prefix))),
    write: async (key, value) => void this.kept.set(key, JSON.parse(JSON.stringify(value))),
    remove: async (keys) => {
      for (const key of keys) this.kept.delete(key);
    },
  };

  /** Asks for a page that answers 402, and waits. */
  async visit(url: string, parts: Partial<Challenge> = {}): Promise<Challenge> {
    const response = await fetch(url, { method: parts.method ?? 'GET' });
    const header = await priceIn(response);
    if (response.status !== 402 || header === null) throw new Error(`${url} answered ${response.status}`);
    return this.show(challengeOf({ url, header, ...parts }));
  }

  /** Asks for a fresh offer, for a page that goes on waiting: only by a GET. */
  async freshOffer(challenge: Challenge): Promise<Challenge | null> {
    if (challenge.method !== 'GET') return null;
    this.renewed.push(challenge.id);
    const response = await fetch(challenge.url);
    const header = await priceIn(response);
    return header === null ? null : { ...challenge, header, seenAt: Date.now() };
  }

  /** Adds a page that waits for this challenge. */
  show(challenge: Challenge): Challenge {
    this.#waiting.add(challenge.id);
    return challenge;
  }

  /** Gives a page its 402 while its user is still asked. */
  async giveBack({ id }: Challenge): Promise<void> {
    this.givenBack.push(id);
  }

  /** Closes the page, or loads it again. */
  leave({ id }: Challenge): void {
    this.#waiting.delete(id);
  }

  waits({ id }: Challenge): boolean {
    return this.#waiting.has(id);
  }

  release({ id }: Challenge): void {
    if (this.#waiting.delete(id)) this.released.push(id);
  }

  /** Sends a body to the challenge's own URL, as the extension does by itself. */
  async post({ url }: Challenge, body: string): Promise<PostAnswer> {
    this.posts.push(body);
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error' });
    const answered = answerHeaders((name) => response.headers.get(name));
    const bodyText = await response.text();
    const whole = { type: null, allowedOrigin: null, body: new TextEncoder().encode(bodyText) };
    return { status: response.status, ...answered, bodyText, whole };
  }

  endReload({ id }: Challenge): void {
    this.#sendsAgain.get(id)?.();
  }

  /**
   * Sends the challenge's own request again with the proof, while its page waits. One that was given back and is not
   * reloaded waits for its page, which never sends this request again.
   */
  async deliver(challenge: Challenge, proof: Proof): Promise<DeliveryOutcome> {
    if (!this.#waiting.delete(challenge.id)) return { kind: 'unanswered', reason: 'gone' };
    if (challenge.givenBack && !isReloadedWhenPaid(challenge)) {
      await new Promise<void>((resolve) => this.#sendsAgain.set(challenge.id, resolve));
      return { kind: 'unanswered', reason: 'gone' };
    }
    this.proofs.push(proof.value);
    if (proof.represent !== undefined) this.tokens.push(proof.represent);
    const { method, url } = challenge;
    try {
      const response = await fetch(url, { method, headers: headersOf(proof) });
      const { status } = response;
      const headers = answerHeaders((name) => response.headers.get(name));
      const take = (text: string) => {
        if (status === 200) this.served.add(url);
        this.answers.set(challenge.id, { status, text });
        return 'complete' as const;
      };
      const bodyEnd = response.text().then(take, () => 'network' as const);
      const instead = (answer: OtherAnswer | null) => {
        this.replaced.set(challenge.id, answer && new TextDecoder().decode(answer.body));
      };
      return { kind: 'answered', status, ...headers, bodyEnd, ...(status === 410 && { instead }) };
    } catch {
      return { kind: 'unanswered', reason: 'network' };
    }
  }
}

/** The price of a 402, with the body where it stands in plain headers; null where there is none. */
async function priceIn(response: Response): Promise<Price | null> {
  const text = await response.text();
  const required = response.headers.get('payment-required');
  const plain = plainPriceIn([...response.headers].map(([name, value]) => ({ name, value })));
  return required ?? (plain && withBody(plain, text));
}
