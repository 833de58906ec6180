import * as v from 'valibot';
import type { Answered, Challenge, Unanswered, Unpriced } from '../interception/challenge.ts';
import type { PaymentId } from '../payment-id.ts';
import type { ExchangeRecorder, ProofRoute } from '../payments/exchange-recorder.ts';
import type { NotPaidReason } from '../payments/not-paid-reason.ts';
import type { Decision } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import {
  after,
  answered,
  decided,
  type Exchange,
  type ExchangeStep,
  joined,
  paymentOf,
  priced,
  StoredExchange,
  seen,
  unpriced,
} from './exchange.ts';

/** A store that survives the end of the worker, but not that of the browser, nor a lock (`chrome.storage.session`). */
export interface ExchangeStore {
  /** Everything that was written and not removed, unchecked. */
  read(): Promise<readonly unknown[]>;
  /** Calls of `write` and `remove` take effect in the order of the calls, without waiting for one another. */
  write(exchanges: readonly Exchange[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

export interface ExchangePorts {
  readonly store: ExchangeStore;
  /** Called within `WRITE_AFTER` (ms) after a change. */
  readonly changed: () => void;
  readonly now: () => number;
}

/** How long changes are collected before they are written and shown (ms). */
const WRITE_AFTER = 100;
/** The limits of what is kept, in all and of one tab. A burst in one tab displaces nothing of another tab. */
const MOST = { exchanges: 400, characters: 1_500_000 };
const MOST_OF_A_TAB = { exchanges: 100, characters: 400_000 };

interface Kept {
  readonly exchange: Exchange;
  /** The approximate size (characters). */
  readonly size: number;
}

/**
 * The 402s that tabs got while the browser runs, the unpaid ones too, each with what followed. They contain what the
 * server asked for and answered, no proof and no key, and are never on disk. Steps of an exchange that is no longer kept
 * are dropped.
 */
export class Exchanges implements ExchangeRecorder {
  readonly #ports: ExchangePorts;
  readonly #kept = new Map<string, Kept>();
  /** Exchanges to be written, if they are still kept by then. */
  readonly #unwritten = new Set<string>();
  readonly #removed = new Set<string>();
  #restored: Promise<void>;
  /** Whether `forgetAll` was called: stored exchanges that are read after it are dropped. */
  #hasForgotten = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: ExchangePorts) {
    this.#ports = ports;
    this.#restored = this.#restore();
    this.#restored.catch(console.error);
  }

  /** Records a 402 with a price. A restarted worker records it again. */
  saw(challenge: Challenge): void {
    this.#begin(seen(challenge.id, challenge, priced(challenge)));
  }

  /** Records a 402 without a price. */
  sawUnpriced(response: Unpriced): void {
    this.#begin(seen(response.id, response, unpriced(response.seenAt, response.headers)));
  }

  decided({ id }: Challenge, offer: Offer, decision: Decision): void {
    this.#follow(id, decided(this.#ports.now(), offer, decision));
  }

  renewed(challenge: Challenge): void {
    this.#follow(challenge.id, priced(challenge));
  }

  served({ id }: Challenge, payment: PaymentId): void {
    this.#follow(id, { kind: 'served', at: this.#ports.now(), payment });
  }

  left({ id }: Pick<Challenge, 'id'>, key: NotPaidReason, args: readonly string[]): void {
    this.#follow(id, { kind: 'left', at: this.#ports.now(), key, args });
  }

  answered({ id }: Pick<Challenge, 'id'>, way: ProofRoute, delivery: Answered | Unanswered): void {
    this.#follow(id, answered(this.#ports.now(), way, delivery));
  }

  /** The exchanges of a tab, oldest first. */
  async of(tabId: number): Promise<readonly Exchange[]> {
    await this.#restored;
    return [...this.#kept.values()]
      .map(({ exchange }) => exchange)
      .filter(({ request }) => request.tabId === tabId)
      .sort((one, other) => one.request.seenAt - other.request.seenAt);
  }

  /** The exchange of a challenge; undefined when it is not kept. */
  async find(id: string): Promise<Exchange | undefined> {
    await this.#restored;
    return this.#kept.get(id)?.exchange;
  }

  /** Forgets the exchanges of a tab. */
  async forget(tabId: number): Promise<void> {
    for (const { id } of await this.of(tabId)) this.#drop(id);
  }

  /** Forgets all exchanges, also those that are about to be written. The caller empties the store. */
  forgetAll(): void {
    this.#hasForgotten = true;
    this.#kept.clear();
    this.#removed.clear();
    this.#restored = Promise.resolve();
  }

  #begin(exchange: Exchange): void {
    const known = this.#kept.get(exchange.id)?.exchange;
    this.#keep(known === undefined ? exchange : joined(known, exchange));
  }

  #follow(id: string, step: ExchangeStep): void {
    const known = this.#kept.get(id);
    if (known === undefined) return;
    this.#keep(after(known.exchange, step));
  }

  #keep(exchange: Exchange): void {
    const { id } = exchange;
    this.#kept.set(id, keptOf(exchange));
    this.#unwritten.add(id);
    this.#makeRoom(exchange);
    this.#writeSoon();
  }

  /**
   * Drops exchanges until the limits are kept, but never the given one, which has just changed: where all others are
   * paid, it would be dropped at once.
   */
  #makeRoom({ id, request: { tabId } }: Exchange): void {
    const all = () => [...this.#kept.values()];
    const ofItsTab = () => all().filter(({ exchange }) => exchange.request.tabId === tabId);
    for (let some = ofItsTab(); exceeds(some, MOST_OF_A_TAB); some = ofItsTab())
      this.#drop(leastOf(some, id));
    for (let some = all(); exceeds(some, MOST); some = all()) this.#drop(leastOf(some, id));
  }

  #drop(id: string): void {
    this.#kept.delete(id);
    this.#removed.add(id);
    this.#writeSoon();
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
      this.#ports.changed();
    }, WRITE_AFTER);
  }

  #write(): void {
    const { store } = this.#ports;
    const exchanges = [...this.#unwritten].flatMap((id) => this.#kept.get(id)?.exchange ?? []);
    const removed = [...this.#removed].filter((id) => !this.#kept.has(id));
    this.#unwritten.clear();
    this.#removed.clear();
    // Neither call waits for the other: a write that starts after a lock would outlive it.
    if (removed.length > 0) store.remove(removed).catch(console.error);
    if (exchanges.length > 0) store.write(exchanges).catch(console.error);
  }

  async #restore(): Promise<void> {
    const stored = await this.#ports.store.read();
    if (this.#hasForgotten) return;
    for (const value of stored) {
      const read = v.safeParse(StoredExchange, value);
      if (!read.success || this.#removed.has(read.output.id)) continue;
      const exchange = read.output;
      const known = this.#kept.get(exchange.id)?.exchange;
      this.#kept.set(exchange.id, keptOf(known === undefined ? exchange : joined(exchange, known)));
    }
  }
}

const keptOf = (exchange: Exchange): Kept => ({ exchange, size: JSON.stringify(exchange).length });

function exceeds(some: readonly Kept[], most: typeof MOST): boolean {
  if (some.length <= 1) return false;
  return some.length > most.exchanges || some.reduce((sum, { size }) => sum + size, 0) > most.characters;
}

/** The exchange to drop, other than `except`: the oldest unpaid one or, where all are paid, the oldest. */
function leastOf(some: readonly Kept[], except: string): string {
  const ids = some
    .map(({ exchange }) => exchange)
    .filter(({ id }) => id !== except)
    .sort((one, other) => one.request.seenAt - other.request.seenAt)
    .sort((one, other) => Number(paymentOf(one) !== null) - Number(paymentOf(other) !== null))
    .map(({ id }) => id);
  return ids[0] ?? '';
}
