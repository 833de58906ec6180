import * as v from 'valibot';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import type { NanoAddress } from '../nano/account.ts';
import { RAW_PER_XNO, type Raw } from '../nano/amount.ts';
import { BlockHashText } from '../nano/block.ts';
import { readWebUrl } from '../site.ts';
import { PRACTICE, type PracticeLedger } from './ledger.ts';

/** The articles, as they stand in the URLs. */
export const ARTICLES = ['status', 'fees', 'budgets'] as const;
export type Article = (typeof ARTICLES)[number];

/** What an article costs (raw): 0.01 XNO. */
export const PRICE = (RAW_PER_XNO / 100n) as Raw;
/** For how long an offer can be paid (s). */
const OFFER_LIFE = 180;
/** Session tags are below this (raw). */
const TAGS = 10_000_000;
/** A host that exists nowhere: RFC 2606. */
const SHOP = 'https://paper.example';

export const urlOf = (article: Article): string => `${SHOP}/${article}`;

/** The shop's answer to a request. */
export interface ShopAnswer {
  readonly status: 200 | 402 | 404 | 410;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Session {
  readonly url: string;
  readonly amount: bigint;
  readonly expiresAt: number;
}

const ProofText = v.object({
  accepted: v.object({ extra: v.object({ nanoSession: v.object({ id: v.string() }) }) }),
  payload: v.object({ proof: BlockHashText }),
});

export interface PracticeShopPorts {
  readonly ledger: Pick<PracticeLedger, 'sendOf'>;
  readonly payTo: NanoAddress;
  /** What the shop says it sells, by article. */
  readonly describe: (article: Article) => string;
  /** The time (ms since the epoch). */
  readonly now: () => number;
}

/** A site in memory that sells articles by x402.NanoSession (docs/WIRE.md §3.4), each payment for one request. */
export class PracticeShop {
  readonly #ports: PracticeShopPorts;
  readonly #sessions = new Map<string, Session>();

  constructor(ports: PracticeShopPorts) {
    this.#ports = ports;
  }

  /** Answers a GET. @param proof the value of `PAYMENT-SIGNATURE`; null without one */
  answer(url: string, proof: string | null): ShopAnswer {
    const article = ARTICLES.find((one) => urlOf(one) === readWebUrl(url)?.href);
    if (article === undefined) return { status: 404, headers: {} };
    if (proof === null) return { status: 402, headers: { 'payment-required': this.#offer(article) } };
    return { status: this.#takes(url, proof) ? 200 : 410, headers: {} };
  }

  #offer(article: Article): string {
    const { payTo, describe, now } = this.#ports;
    const url = urlOf(article);
    const tag = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const tagAmount = BigInt(tag % TAGS);
    const session = {
      id: crypto.randomUUID(),
      tag: Number(tagAmount),
      resourceAmountRaw: PRICE.toString(),
      tagAmountRaw: tagAmount.toString(),
      expiresAt: new Date(now() + OFFER_LIFE * 1_000).toISOString(),
    };
    const amount = PRICE + tagAmount;
    this.#sessions.set(session.id, { url, amount, expiresAt: now() + OFFER_LIFE * 1_000 });
    return encoded({
      x402Version: 2,
      error: 'Payment required',
      resource: { url, description: describe(article), mimeType: 'text/html' },
      accepts: [
        {
          scheme: 'exact',
          network: PRACTICE.id,
          asset: 'XNO',
          amount: amount.toString(),
          payTo,
          maxTimeoutSeconds: OFFER_LIFE,
          extra: { nanoSession: session },
        },
      ],
    });
  }

  /** Whether a proof is for this URL, and for a send that is on the ledger. It serves once. */
  #takes(url: string, proof: string): boolean {
    const { ledger, payTo, now } = this.#ports;
    const read = v.safeParse(ProofText, decoded(proof));
    if (!read.success) return false;
    const { id } = read.output.accepted.extra.nanoSession;
    const session = this.#sessions.get(id);
    const send = ledger.sendOf(read.output.payload.proof);
    const isPaid =
      session?.url === url &&
      now() <= session.expiresAt &&
      send?.to === payTo &&
      send.amount === session.amount;
    return isPaid && this.#sessions.delete(id);
  }
}

const encoded = (value: object): string => encodeBase64(new TextEncoder().encode(JSON.stringify(value)));

function decoded(text: string): unknown {
  const bytes = decodeBase64(text);
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
