import type * as v from 'valibot';
import { Fault } from '../fault.ts';
import type { NanoAddress } from './account.ts';
import { type BlockHash, hashBlock, type SignedBlock, type Subtype, toRpc } from './block.ts';
import {
  AccountInfo,
  BlockInfo,
  BlocksInfo,
  Processed,
  Receivable,
  type ReceivableEntry,
} from './node-answers.ts';
import type { NodeAnswer } from './node-endpoint.ts';
import { NodeRpc, type NodeRpcOptions } from './node-rpc.ts';

/** A node's answer to `process`. `text` is the node's error text. */
type ProcessResult =
  | { readonly kind: 'accepted'; readonly hash: BlockHash }
  /** The node has this block already. */
  | { readonly kind: 'old' }
  /** The node has another block in this place. */
  | { readonly kind: 'fork' }
  /** The node lacks the block below this one, or the send that it receives. */
  | { readonly kind: 'gap'; readonly lacks: 'previous' | 'source' }
  | { readonly kind: 'refused'; readonly text: string };

/** The order in which one of several nodes' answers is chosen: a fork says more about the ledger than a node's gap. */
const MOST_INFORMATIVE: readonly ProcessResult['kind'][] = ['fork', 'refused', 'gap', 'old'];

/**
 * Requests to Nano nodes. Only the shape of an answer is checked here; chain-head.ts and receivable.ts prove what it
 * claims. Every method throws `fault_nodeUnreachable` or `fault_nodeNonsense` when no node gives an answer of the right
 * shape, and `fault_nodeRefused`, with the node's error text, for a refusal that the method does not name.
 */
export class NodeClient {
  readonly #rpc: NodeRpc;

  constructor(rpc: NodeRpc) {
    this.#rpc = rpc;
  }

  /** A client of these nodes, in order of preference. */
  static at(options: NodeRpcOptions): NodeClient {
    return new NodeClient(NodeRpc.over(options));
  }

  /** One client for each node. */
  each(): readonly NodeClient[] {
    return this.#rpc.each().map((rpc) => new NodeClient(rpc));
  }

  /** The account's frontier and balance, as claimed by the node; null for an account without blocks. */
  async accountInfo(account: NanoAddress): Promise<AccountInfo | null> {
    return this.#find({ action: 'account_info', account }, AccountInfo, /^account not found$/i);
  }

  /** A block; null when the node does not know it. */
  async blockInfo(hash: BlockHash): Promise<BlockInfo | null> {
    return this.#find({ action: 'block_info', json_block: 'true', hash }, BlockInfo, /^block not found$/i);
  }

  /** The requested blocks that the node knows. */
  async blocksInfo(hashes: readonly BlockHash[]): Promise<ReadonlyMap<BlockHash, BlockInfo>> {
    if (hashes.length === 0) return new Map();
    const request = { action: 'blocks_info', json_block: 'true', include_not_found: 'true', hashes };
    const infos = await this.#find(request, BlocksInfo, /^block not found$/i);
    return new Map(hashes.flatMap((hash) => (infos?.[hash] === undefined ? [] : [[hash, infos[hash]]])));
  }

  /** The largest confirmed sends that the account has not received; at most `count`, even if the node returns more. */
  async receivable(account: NanoAddress, count: number): Promise<readonly ReceivableEntry[]> {
    const request = {
      action: 'receivable',
      account,
      count: count.toString(),
      threshold: '1',
      source: 'true',
      sorting: 'true',
      include_only_confirmed: 'true',
    };
    const told = (await this.#find(request, Receivable, /^account not found$/i)) ?? [];
    return [...told].sort(byAmount).slice(0, count);
  }

  /**
   * Publishes a block at every node at once, so that a node that drops it cannot keep it from the network. Repeating it
   * is harmless, because the block is the same.
   *
   * @throws Fault also `fault_headUnproven` when every answer names another hash than the block's
   */
  async process(block: SignedBlock, subtype: Subtype): Promise<ProcessResult> {
    const hash = hashBlock(block);
    const request = { action: 'process', json_block: 'true', subtype, block: toRpc(block) };
    const isAccepted = (answer: NodeAnswer<{ readonly hash: BlockHash }>) =>
      answer.kind === 'answer' && answer.value.hash === hash;
    const answers = await this.#rpc.tell(request, Processed, isAccepted);
    if (answers.some(isAccepted)) return { kind: 'accepted', hash };
    const results = answers.flatMap((one) => (one.kind === 'refusal' ? [refusalOf(one.text)] : []));
    const [told] = results.sort(
      (a, b) => MOST_INFORMATIVE.indexOf(a.kind) - MOST_INFORMATIVE.indexOf(b.kind),
    );
    if (told === undefined) throw new Fault('fault_headUnproven');
    return told;
  }

  /** Asks for a thing that may not exist: null where each node's error text matches `absent`. */
  async #find<TSchema extends v.GenericSchema<unknown, unknown>>(
    request: { readonly action: string; readonly [field: string]: unknown },
    schema: TSchema,
    absent: RegExp,
  ): Promise<v.InferOutput<TSchema> | null> {
    const isFinal = (answer: NodeAnswer<unknown>) => answer.kind === 'answer' || !absent.test(answer.text);
    const answer = await this.#rpc.ask(request, schema, isFinal);
    if (answer.kind === 'answer') return answer.value;
    if (absent.test(answer.text)) return null;
    throw new Fault('fault_nodeRefused', [answer.text]);
  }
}

/** Orders the largest amount first, and entries without an amount last. */
function byAmount({ amount: one }: ReceivableEntry, { amount: other }: ReceivableEntry): number {
  return Number((other ?? -1n) > (one ?? -1n)) - Number((other ?? -1n) < (one ?? -1n));
}

/** Whether a node refused a block because its proof of work is too weak. */
export function isAboutWork({ key, args: [said = ''] }: Fault): boolean {
  return key === 'fault_nodeRefused' && /^block work is/i.test(said);
}

function refusalOf(text: string): ProcessResult {
  if (/^old block/i.test(text)) return { kind: 'old' };
  if (/^fork/i.test(text)) return { kind: 'fork' };
  if (/^gap previous/i.test(text)) return { kind: 'gap', lacks: 'previous' };
  if (/^gap source/i.test(text)) return { kind: 'gap', lacks: 'source' };
  return { kind: 'refused', text };
}

export type { BlockInfo, ReceivableEntry };
