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

/** What survives the worker, but neither the browser nor a lock (`chrome.storage.session`). */
export interface ExchangeStore {
  /** Everything that was written and not removed; whoever asks checks it. */
  read(): Promise<readonly unknown[]>;
  /** Both must have taken effect in the order of the calls, without waiting for one another. */
  write(exchanges: readonly Exchange[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

export interface ExchangePorts {
  readonly store: ExchangeStore;
  /** Told some time after something changed. */
  readonly changed: () => void;
  readonly now: () => number;
}

/** How long what was told waits for more of it before it is written and shown (ms). */
const WRITE_AFTER = 100;
/** How much is kept at most, in all and of one tab: the storm of a tab takes no other tab's place. */
const MOST = { exchanges: 400, characters: 1_500_000 };
const MOST_OF_A_TAB = { exchanges: 100, characters: 400_000 };

interface Kept {
  readonly exchange: Exchange;
  /** Characters, about. */
  readonly size: number;
}

/**
 * The 402s that tabs met while the browser runs, the unpaid ones too, each with what came of it. It holds what a server
 * asked and answered, no proof and no key, and nothing of it ever lies on a disk. What is told of one that is no longer
 * kept is let go.
 */
export class Exchanges implements ExchangeRecorder {
  readonly #ports: ExchangePorts;
  readonly #kept = new Map<string, Kept>();
  readonly #unwritten = new Set<string>();
  readonly #removed = new Set<string>();
  #restored: Promise<void>;
  /** Which forgetting the earlier life's exchanges belong to: what is read after a lock came before it. */
  #times = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: ExchangePorts) {
    this.#ports = ports;
    this.#restored = this.#restore();
    this.#restored.catch(console.error);
  }

  /** A 402 that names its price was seen; again by the next life of a worker that was killed. */
  saw(challenge: Challenge): void {
    this.#begin(seen(challenge.id, challenge, priced(challenge)));
  }

  /** A 402 was seen that names no price. */
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

  /** Those of a tab, oldest first. */
  async of(tabId: number): Promise<readonly Exchange[]> {
    await this.#restored;
    return [...this.#kept.values()]
      .map(({ exchange }) => exchange)
      .filter(({ request }) => request.tabId === tabId)
      .sort((one, other) => one.request.seenAt - other.request.seenAt);
  }

  async find(id: string): Promise<Exchange | undefined> {
    await this.#restored;
    return this.#kept.get(id)?.exchange;
  }

  /** Forgets those of a tab. */
  async forget(tabId: number): Promise<void> {
    for (const { id } of await this.of(tabId)) this.#drop(id);
  }

  /** Forgets all, also what is about to be written: the store is emptied by whoever locks the purse. */
  forgetAll(): void {
    this.#times += 1;
    this.#kept.clear();
    this.#unwritten.clear();
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

  /** What just happened is never what makes room: where all else was paid for, it would be gone as it comes. */
  #makeRoom({ id, request: { tabId } }: Exchange): void {
    const all = () => [...this.#kept.values()];
    const ofItsTab = () => all().filter(({ exchange }) => exchange.request.tabId === tabId);
    for (let some = ofItsTab(); exceeds(some, MOST_OF_A_TAB); some = ofItsTab())
      this.#drop(leastOf(some, id));
    for (let some = all(); exceeds(some, MOST); some = all()) this.#drop(leastOf(some, id));
  }

  #drop(id: string): void {
    this.#kept.delete(id);
    this.#unwritten.delete(id);
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
    // Not one after the other: what is written after a lock would outlive it.
    if (removed.length > 0) store.remove(removed).catch(console.error);
    if (exchanges.length > 0) store.write(exchanges).catch(console.error);
  }

  async #restore(): Promise<void> {
    const times = this.#times;
    const stored = await this.#ports.store.read();
    if (times !== this.#times) return;
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

/** The one that is missed least beside this: the oldest that nothing was paid for or, where there is none, the oldest. */
function leastOf(some: readonly Kept[], beside: string): string {
  const ids = some
    .map(({ exchange }) => exchange)
    .filter(({ id }) => id !== beside)
    .sort((one, other) => one.request.seenAt - other.request.seenAt)
    .sort((one, other) => Number(paymentOf(one) !== null) - Number(paymentOf(other) !== null))
    .map(({ id }) => id);
  return ids[0] ?? '';
}
