import * as v from 'valibot';
import type { BlockJson } from '../devnet/block.ts';

const Hash = v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{64}$/));
const RawText = v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]*)$/));
/** The node says `"true"`; some proxies say `true`. */
const Flag = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false', '1', '0'])]),
  v.transform((flag) => flag === true || flag === 'true' || flag === '1'),
);

const BlockInfo = v.object({
  block_account: v.string(),
  amount: v.exactOptional(RawText, '0'),
  balance: v.exactOptional(RawText, '0'),
  confirmed: Flag,
  subtype: v.exactOptional(v.string(), ''),
  contents: v.object({ link: Hash }),
});
const AccountInfo = v.object({ frontier: Hash, balance: RawText, representative: v.string() });
const Exists = v.object({ exists: Flag });
/** The node says `""` where there are none. */
const Receivable = v.object({
  blocks: v.union([v.record(Hash, v.object({ amount: RawText, source: v.string() })), v.literal('')]),
});
const Processed = v.object({ hash: Hash });
const NodeError = v.object({ error: v.string() });

/** A block as the ledger shows it: amounts in raw, `link` as the node spells it. */
export type BlockInfo = v.InferOutput<typeof BlockInfo>;
export type AccountInfo = v.InferOutput<typeof AccountInfo>;

/** A confirmed send that waits to be received. */
export interface Incoming {
  readonly hash: string;
  readonly amount: string;
  /** The account that sent it. */
  readonly source: string;
}

/** What the node itself said no to; anything else it fails at is an ordinary `Error`. */
export class NodeRefusal extends Error {
  override readonly name = 'NodeRefusal';
}

/** The few questions a merchant asks its Nano node (docs/WIRE.md §6), put to each address in turn until one answers. */
export class NanoNode {
  readonly #rpcUrls: readonly string[];

  constructor(rpcUrls: readonly string[]) {
    this.#rpcUrls = rpcUrls;
  }

  /** A block, or undefined when the ledger does not have it. */
  blockInfo(hash: string): Promise<BlockInfo | undefined> {
    return this.#askOrAbsent(
      { action: 'block_info', json_block: 'true', hash },
      BlockInfo,
      'Block not found',
    );
  }

  /** The head of an account's chain, or undefined when it is not opened. */
  accountInfo(account: string): Promise<AccountInfo | undefined> {
    const question = { action: 'account_info', account, representative: 'true' };
    return this.#askOrAbsent(question, AccountInfo, 'Account not found');
  }

  /** Whether a confirmed send is still waiting to be received. */
  async isReceivable(hash: string): Promise<boolean> {
    const question = { action: 'receivable_exists', hash, include_only_confirmed: 'true' };
    const answer = await this.#askOrAbsent(question, Exists, 'Block not found');
    return answer?.exists ?? false;
  }

  /** Every confirmed send that waits for an account. */
  async receivable(account: string): Promise<readonly Incoming[]> {
    const question = { action: 'receivable', account, source: 'true', include_only_confirmed: 'true' };
    const { blocks } = await this.#ask(question, Receivable);
    return blocks === '' ? [] : Object.entries(blocks).map(([hash, incoming]) => ({ hash, ...incoming }));
  }

  /** Publishes a block; gives its hash as the node spells it. */
  async process(subtype: 'open' | 'receive' | 'send', block: BlockJson): Promise<string> {
    return (await this.#ask({ action: 'process', json_block: 'true', subtype, block }, Processed)).hash;
  }

  async #askOrAbsent<Schema extends v.GenericSchema>(question: object, answer: Schema, absence: string) {
    try {
      return await this.#ask(question, answer);
    } catch (error) {
      if (error instanceof NodeRefusal && error.message === absence) return undefined;
      throw error;
    }
  }

  async #ask<Schema extends v.GenericSchema>(
    question: object,
    answer: Schema,
  ): Promise<v.InferOutput<Schema>> {
    const failures: unknown[] = [];
    for (const url of this.#rpcUrls) {
      try {
        const json = await post(url, question);
        if (v.is(NodeError, json)) throw new NodeRefusal(json.error);
        return v.parse(answer, json);
      } catch (error) {
        if (error instanceof NodeRefusal) throw error;
        failures.push(error);
      }
    }
    throw new AggregateError(failures, 'No Nano node answered');
  }
}

async function post(url: string, question: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
