import { type ReadonlySignal, signal } from '@preact/signals';
import { type Fault, faultOf } from '../fault.ts';

/** One page of a long list, newest first. `next` is the cursor of the following page, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export type Loading =
  | { readonly kind: 'idle' | 'loading' }
  | { readonly kind: 'failed'; readonly fault: Fault };

/**
 * A long list that is loaded page by page as the user scrolls, so that the cost of opening it does not depend on its
 * length. New items are added at the top without moving the cursor at the bottom.
 */
export class Pager<T extends { readonly id: string }> {
  readonly #load: (before: string | null) => Promise<Page<T>>;
  readonly #items = signal<readonly T[]>([]);
  readonly #next = signal<string | null>(null);
  readonly #loading = signal<Loading>({ kind: 'idle' });
  /** The cursor of the page that each item came with, for loading that page again. */
  readonly #cursors = new Map<string, string | null>();
  #started = false;
  #moreComing = false;
  /** Loads run one at a time, in the order of the calls. */
  #turn: Promise<void> = Promise.resolve();

  constructor(load: (before: string | null) => Promise<Page<T>>) {
    this.#load = load;
  }

  get items(): ReadonlySignal<readonly T[]> {
    return this.#items;
  }

  get loading(): ReadonlySignal<Loading> {
    return this.#loading;
  }

  /** Whether a page was loaded, and no other one is being loaded. */
  get isLoaded(): boolean {
    return this.#loading.value.kind === 'idle' && this.#started;
  }

  /** Whether more pages follow. */
  get hasMore(): boolean {
    return this.#next.value !== null;
  }

  /** Loads the following page. Does nothing while that is loading or at the end. */
  async more(): Promise<void> {
    if (this.#moreComing) return;
    this.#moreComing = true;
    await this.#inTurn(async () => {
      const before = this.#next.peek();
      if (before !== null) await this.#ask(before, (page) => this.#append(page));
      this.#moreComing = false;
    });
  }

  /** Loads the newest page again, and the page that holds `id`: the item that the user is looking at. */
  async refresh(id?: string): Promise<void> {
    await this.#inTurn(async () => {
      await this.#ask(null, (page) => this.#meet(page));
      const cursor = id === undefined ? null : (this.#cursors.get(id) ?? null);
      if (cursor !== null) await this.#ask(cursor, (page) => this.#replace(page.items));
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(step);
    return this.#turn;
  }

  async #ask(before: string | null, take: (page: Page<T>) => void): Promise<void> {
    this.#loading.value = { kind: 'loading' };
    try {
      const page = await this.#load(before);
      take(page);
      for (const item of page.items) {
        if (!this.#cursors.has(item.id)) this.#cursors.set(item.id, before);
      }
      this.#started = true;
      this.#loading.value = { kind: 'idle' };
    } catch (error) {
      this.#loading.value = { kind: 'failed', fault: faultOf(error) };
    }
  }

  /** Merges the newest page into the top of the list. Drops the old list where the two do not overlap. */
  #meet(page: Page<T>): void {
    const touches = page.items.some((item) => this.#cursors.has(item.id));
    // A page without a next one is the whole list.
    if (!this.#started || !touches || page.next === null) {
      this.#cursors.clear();
      this.#items.value = page.items;
      this.#next.value = page.next;
      return;
    }
    const fresh = new Set(page.items.map((item) => item.id));
    const held = this.#items.peek();
    // The page is complete: items that were above its end and are not on it were removed or have moved.
    const end = held.findIndex(({ id }) => id === page.items.at(-1)?.id);
    for (const { id } of held.slice(0, end + 1)) if (!fresh.has(id)) this.#cursors.delete(id);
    this.#items.value = [...page.items, ...held.slice(end + 1).filter(({ id }) => !fresh.has(id))];
  }

  #append(page: Page<T>): void {
    const unseen = page.items.filter((item) => !this.#cursors.has(item.id));
    this.#items.value = [...this.#items.peek(), ...unseen];
    this.#next.value = page.next;
  }

  #replace(items: readonly T[]): void {
    const byId = new Map(items.map((item) => [item.id, item]));
    this.#items.value = this.#items.peek().map((item) => byId.get(item.id) ?? item);
  }
}
