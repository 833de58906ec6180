import { type BlockJson, blockToJson, hashBlock, type StateBlock } from '../devnet/block.ts';
import { type Faults, NO_FAULTS } from './faults.ts';
import { type NanoNode, NodeRefusal } from './node.ts';
import type { SettledPayment } from './spent.ts';

/** When a signed block that was handed over is published: before the answer, some time after it, or not at all. */
export type Publishing = 'at-once' | 'late' | 'never';

/** The record of a signed block that was handed over. Hashes are in upper case. */
export interface HandedOverRecord {
  readonly hash: string;
  readonly payer: string;
  /** The frontier it was written on. */
  readonly previous: string;
  readonly url: string;
  readonly route: string;
  readonly state: 'held' | 'published' | 'bounced';
}

/** The result of publishing it. `moved`: the payer's frontier is no longer the block below it. */
export type Published =
  | { readonly kind: 'published' }
  | { readonly kind: 'bounced'; readonly moved: boolean; readonly reason: string };

interface HandedOverBlock {
  readonly json: BlockJson;
  readonly record: HandedOverRecord;
  publishing?: Promise<Published>;
  state: HandedOverRecord['state'];
}

const LATE_MS = 2000;

/**
 * The signed blocks that payers handed over (docs/WIRE.md §3.7, §3.9). Of two blocks on one frontier the network takes one,
 * so only one is ever taken here; a block that bounced makes room for the next.
 */
export class HandedOverBlocks {
  readonly #node: NanoNode;
  readonly #faults: Faults;
  readonly #byHash = new Map<string, HandedOverBlock>();
  readonly #byFrontier = new Map<string, string>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(node: NanoNode, faults: Faults = NO_FAULTS) {
    this.#node = node;
    this.#faults = faults;
  }

  /** The URL for which a block was accepted; undefined after it bounced. */
  takenFor(hash: string): string | undefined {
    const handedOver = this.#byHash.get(hash);
    return handedOver === undefined || handedOver.state === 'bounced' ? undefined : handedOver.record.url;
  }

  /** Accepts a block; false while another one on its frontier is out. Synchronous: one of several callers gets true. */
  take(block: StateBlock, { url, route }: Pick<SettledPayment, 'url' | 'route'>): boolean {
    const hash = hashBlock(block);
    const json = blockToJson(block);
    const frontier = frontierOf(json.account, json.previous);
    const out = this.#byFrontier.get(frontier);
    if (out !== undefined && !this.#faults.has('twin-cheques')) return out === hash;
    const record = { hash, payer: json.account, previous: json.previous, url, route, state: 'held' } as const;
    this.#byFrontier.set(frontier, hash);
    this.#byHash.set(hash, { json, record, state: 'held' });
    return true;
  }

  /** Publishes a block that was taken, once however often it is asked. Throws when no node can be asked. */
  async publish(hash: string): Promise<Published> {
    const handedOver = this.#byHash.get(hash);
    if (handedOver === undefined) throw new Error(`No block ${hash} was handed over`);
    handedOver.publishing ??= this.#process(handedOver);
    try {
      return await handedOver.publishing;
    } catch (error) {
      delete handedOver.publishing;
      throw error;
    }
  }

  /** Publishes it when the answer is long gone; a failure stays in the records as what became of the block. */
  publishLate(hash: string): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.publish(hash).catch(() => undefined);
    }, LATE_MS);
    this.#timers.add(timer);
  }

  /** Publishes everything that is held, in the order it came in. */
  async publishHeld(): Promise<readonly Published[]> {
    const held = this.all().filter(({ state }) => state === 'held');
    const outcomes: Published[] = [];
    for (const { hash } of held) outcomes.push(await this.publish(hash));
    return outcomes;
  }

  /** Every block ever taken, oldest first. */
  all(): readonly HandedOverRecord[] {
    return [...this.#byHash.values()].map(({ record, state }) => ({ ...record, state }));
  }

  /** Forgets them all; what was to be published late never will be. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#byHash.clear();
    this.#byFrontier.clear();
  }

  async #process(handedOver: HandedOverBlock): Promise<Published> {
    const { json, record } = handedOver;
    try {
      await this.#node.process('send', json);
    } catch (error) {
      if (!(error instanceof NodeRefusal)) throw error;
      if ((await this.#node.blockInfo(record.hash)) === undefined)
        return this.#bounce(handedOver, error.message);
    }
    handedOver.state = 'published';
    return { kind: 'published' };
  }

  async #bounce(handedOver: HandedOverBlock, reason: string): Promise<Published> {
    const { payer, previous } = handedOver.record;
    const head = await this.#node.accountInfo(payer);
    handedOver.state = 'bounced';
    this.#byFrontier.delete(frontierOf(payer, previous));
    return { kind: 'bounced', moved: head?.frontier.toUpperCase() !== previous, reason };
  }
}

const frontierOf = (account: string, previous: string) => `${account} ${previous}`;
