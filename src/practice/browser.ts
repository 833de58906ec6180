import { answerHeaders } from '../interception/answer-headers.ts';
import type { Challenge, DeliveryOutcome } from '../interception/challenge.ts';
import { headersOf, type Proof } from '../interception/headers.ts';
import { siteOf } from '../site.ts';
import { ARTICLES, type Article, type PracticeShop, urlOf } from './shop.ts';

/** What the practice tab shows of an article: nothing yet, the price, or the article. */
export type Shown = 'nothing' | 'price' | 'article';

export interface PracticeBrowserPorts {
  readonly shop: Pick<PracticeShop, 'answer'>;
  readonly changed: () => void;
  /** The time (ms since the epoch). */
  readonly now: () => number;
}

/**
 * A browser in memory, with one tab: it asks the shop, shows a 402 to the purse, and sends the request again with a proof. It
 * has the part of `Interception` that a page load needs.
 */
export class PracticeBrowser {
  readonly #ports: PracticeBrowserPorts;
  readonly #shown = new Map<string, Shown>();
  #waiting: Challenge | null = null;

  constructor(ports: PracticeBrowserPorts) {
    this.#ports = ports;
  }

  shown(article: Article): Shown {
    return this.#shown.get(urlOf(article)) ?? 'nothing';
  }

  /** Loads an article, as a click on its link does. Returns the 402; null for any other answer. */
  load(article: Article): Challenge | null {
    const { shop, now } = this.#ports;
    const url = urlOf(article);
    const { status, headers } = shop.answer(url, null);
    const { 'payment-required': header } = headers;
    if (status !== 402 || header === undefined) return null;
    this.#show(url, 'price');
    this.#waiting = {
      id: crypto.randomUUID(),
      requestId: '1',
      tabId: 1,
      frameId: 0,
      documentId: null,
      initiator: null,
      topOrigin: siteOf(url),
      isPrivate: false,
      startedBy: 'user',
      view: 'front',
      method: 'GET',
      url,
      kind: 'main_frame',
      header,
      seenAt: now(),
    };
    return this.#waiting;
  }

  waits({ id }: Pick<Challenge, 'id'>): boolean {
    return this.#waiting?.id === id;
  }

  /** The challenge with a fresh offer. */
  freshOffer(challenge: Challenge): Challenge | null {
    const article = ARTICLES.find((one) => urlOf(one) === challenge.url);
    const fresh = article === undefined ? null : this.load(article);
    if (fresh === null) return null;
    this.#waiting = { ...fresh, id: challenge.id };
    return this.#waiting;
  }

  /** Sends the request again with the proof. */
  async deliver(challenge: Challenge, proof: Proof): Promise<DeliveryOutcome> {
    if (!this.waits(challenge)) return { kind: 'unanswered', reason: 'gone' };
    this.#waiting = null;
    const { status, headers } = this.#ports.shop.answer(
      challenge.url,
      headersOf(proof)['PAYMENT-SIGNATURE'] ?? null,
    );
    this.#show(challenge.url, status === 200 ? 'article' : 'price');
    return {
      kind: 'answered',
      status,
      ...answerHeaders((name) => headers[name] ?? null),
      bodyEnd: Promise.resolve('complete'),
    };
  }

  /** Leaves the page with its 402. */
  release(challenge: Pick<Challenge, 'id'>): void {
    if (this.waits(challenge)) this.#waiting = null;
    this.#ports.changed();
  }

  #show(url: string, shown: Shown): void {
    this.#shown.set(url, shown);
    this.#ports.changed();
  }
}
