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

/** What became of a block at a node. `text` is the node's own word. */
type ProcessResult =
  | { readonly kind: 'accepted'; readonly hash: BlockHash }
  /** The node has this very block already. */
  | { readonly kind: 'old' }
  /** The node has another block in this place. */
  | { readonly kind: 'fork' }
  /** The node lacks the block below this one, or the send that it receives. */
  | { readonly kind: 'gap'; readonly lacks: 'previous' | 'source' }
  | { readonly kind: 'refused'; readonly text: string };

/** Of several words about one block, the one that says most: a node that is behind knows less than one that has a fork. */
const MOST_TELLING: readonly ProcessResult['kind'][] = ['fork', 'refused', 'gap', 'old'];

/**
 * What the purse asks of Nano nodes. Answers have the right shape and nothing more: what they claim is proven in
 * chain-head.ts and receivable.ts. Every method raises `fault_nodeUnreachable` or `fault_nodeNonsense` when no node
 * gives such an answer, and `fault_nodeRefused`, with the node's words, for a refusal it does not name.
 */
export class NodeClient {
  readonly #rpc: NodeRpc;

  constructor(rpc: NodeRpc) {
    this.#rpc = rpc;
  }

  /** Over these nodes, in order of preference. */
  static at(options: NodeRpcOptions): NodeClient {
    return new NodeClient(NodeRpc.over(options));
  }

  /** The same nodes, each by itself. */
  each(): readonly NodeClient[] {
    return this.#rpc.each().map((rpc) => new NodeClient(rpc));
  }

  /** The account's frontier and balance as the node claims them; null for an account without blocks. */
  async accountInfo(account: NanoAddress): Promise<AccountInfo | null> {
    return this.#find({ action: 'account_info', account }, AccountInfo, /^account not found$/i);
  }

  /** A block; null when the node does not know it. */
  async blockInfo(hash: BlockHash): Promise<BlockInfo | null> {
    return this.#find({ action: 'block_info', json_block: 'true', hash }, BlockInfo, /^block not found$/i);
  }

  /** Those of the blocks that the node knows. */
  async blocksInfo(hashes: readonly BlockHash[]): Promise<ReadonlyMap<BlockHash, BlockInfo>> {
    if (hashes.length === 0) return new Map();
    const request = { action: 'blocks_info', json_block: 'true', include_not_found: 'true', hashes };
    const infos = await this.#find(request, BlocksInfo, /^block not found$/i);
    return new Map(hashes.flatMap((hash) => (infos?.[hash] === undefined ? [] : [[hash, infos[hash]]])));
  }

  /** The largest confirmed sends to the account that it has not received, at most `count`, whatever the node gives. */
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
   * Publishes a block at every node at once: one that swallows it cannot keep it from the network. Doing so again is
   * harmless: it is the same block.
   * @throws Fault also `fault_headUnproven` when all that came names another hash than the block's own
   */
  async process(block: SignedBlock, subtype: Subtype): Promise<ProcessResult> {
    const hash = hashBlock(block);
    const request = { action: 'process', json_block: 'true', subtype, block: toRpc(block) };
    const isAccepted = (answer: NodeAnswer<{ readonly hash: BlockHash }>) =>
      answer.kind === 'answer' && answer.value.hash === hash;
    const answers = await this.#rpc.tell(request, Processed, isAccepted);
    if (answers.some(isAccepted)) return { kind: 'accepted', hash };
    const results = answers.flatMap((one) => (one.kind === 'refusal' ? [refusalOf(one.text)] : []));
    const [told] = results.sort((a, b) => MOST_TELLING.indexOf(a.kind) - MOST_TELLING.indexOf(b.kind));
    if (told === undefined) throw new Fault('fault_headUnproven');
    return told;
  }

  /** Asks for something that may not be there, which a node says in the words `absent`; another one may have it. */
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

/** Largest first; what has no amount stands last. */
function byAmount({ amount: one }: ReceivableEntry, { amount: other }: ReceivableEntry): number {
  return Number((other ?? -1n) > (one ?? -1n)) - Number((other ?? -1n) < (one ?? -1n));
}

/** Whether a node refused a block for its proof of work. */
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
