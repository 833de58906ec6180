import * as v from 'valibot';
import {
  AddressText,
  addressOf,
  BURN_ADDRESS,
  type NanoAddress,
  type PublicKey,
  publicKeyOf,
} from '../nano/account.ts';
import { parseBalance, type Raw } from '../nano/amount.ts';
import {
  type BlockHash,
  BlockHashText,
  hashBlock,
  type SignedBlock,
  SignedBlockText,
  signBlock,
  verifySignature,
  ZERO_HASH,
} from '../nano/block.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { AccountKeys } from '../nano/seed.ts';

/** The network of the practice page: there is no node behind its URL, and every nonce is work enough. */
export const PRACTICE: NetworkProfile = {
  id: 'nano:practice',
  label: 'Practice',
  rpcUrls: ['https://practice.invalid/'],
  wsUrl: null,
  thresholds: { send: '0'.repeat(16), receive: '0'.repeat(16) },
  testMoney: true,
  // A block has to name a representative. This one has no key, and the practice network has no votes.
  representative: BURN_ADDRESS,
  explorerUrl: null,
};

/** A send that is on the ledger. */
export interface PracticeSend {
  readonly to: NanoAddress;
  /** Raw. */
  readonly amount: Raw;
}

const account = AddressText;
const hash = BlockHashText;
const RequestText = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant('action', [
    v.object({ action: v.literal('account_info'), account }),
    v.object({ action: v.literal('block_info'), hash }),
    v.object({ action: v.literal('blocks_info'), hashes: v.array(hash) }),
    v.object({ action: v.literal('receivable'), account }),
    v.object({ action: v.literal('process'), block: SignedBlockText }),
  ]),
);
type Request = v.InferOutput<typeof RequestText>;

/**
 * A Nano ledger in memory, with one account that can pay. It checks blocks as a node does, but for their work, confirms them
 * at once, and answers the JSON-RPC of a node (docs.nano.org, "RPC protocol").
 */
export class PracticeLedger {
  readonly #blocks = new Map<BlockHash, SignedBlock>();
  readonly #heads = new Map<NanoAddress, BlockHash>();

  /** Gives an account its first block. @param balance raw */
  open(keys: AccountKeys, balance: Raw): void {
    const first = {
      account: keys.address,
      previous: ZERO_HASH,
      representative: PRACTICE.representative,
      balance,
      // Received from a block that no ledger has.
      link: 'F'.repeat(64),
      work: '0'.repeat(16),
    };
    this.#add(signBlock(first, keys.privateKey));
  }

  /** The send of this hash; undefined where there is none. */
  sendOf(hash: BlockHash): PracticeSend | undefined {
    const block = this.#blocks.get(hash);
    const below = block && this.#blocks.get(block.previous);
    if (block === undefined || below === undefined) return undefined;
    return { to: addressOf(block.link as PublicKey), amount: (below.balance - block.balance) as Raw };
  }

  /** Takes the place of `fetch` for a `NodeClient`. */
  readonly fetch: typeof fetch = async (_url, init) => {
    const request = v.safeParse(RequestText, init?.body);
    return Response.json(request.success ? this.#answer(request.output) : { error: 'Unknown command' });
  };

  #answer(request: Request): object {
    switch (request.action) {
      case 'account_info': {
        const head = this.#heads.get(request.account);
        if (head === undefined) return { error: 'Account not found' };
        return { frontier: head, balance: String(this.#blocks.get(head)?.balance) };
      }
      case 'block_info':
        return this.#infoOf(request.hash) ?? { error: 'Block not found' };
      case 'blocks_info': {
        const found = request.hashes.map((one) => [one, this.#infoOf(one)] as const);
        return { blocks: Object.fromEntries(found.filter(([, info]) => info !== undefined)) };
      }
      case 'receivable':
        return { blocks: '' };
      case 'process':
        return this.#process(request.block);
    }
  }

  #infoOf(hash: BlockHash): object | undefined {
    const block = this.#blocks.get(hash);
    return (
      block && { contents: { type: 'state', ...block, balance: String(block.balance) }, confirmed: true }
    );
  }

  /** Takes sends alone: nothing else is ever done here. */
  #process(block: SignedBlock): object {
    const head = this.#heads.get(block.account);
    const below = head === undefined ? undefined : this.#blocks.get(head);
    if (!verifySignature(block, publicKeyOf(block.account))) return { error: 'Bad signature' };
    if (this.#blocks.has(hashBlock(block))) return { error: 'Old block' };
    if (below === undefined || !this.#blocks.has(block.previous)) return { error: 'Gap previous block' };
    if (block.previous !== head) return { error: 'Fork' };
    if (block.balance >= below.balance) return { error: 'Gap source block' };
    return { hash: this.#add(block) };
  }

  #add(block: SignedBlock): BlockHash {
    const added = hashBlock(block);
    this.#blocks.set(added, block);
    this.#heads.set(block.account, added);
    return added;
  }
}

/** What the account holds at first (raw): 1 XNO. */
export const PRACTICE_FUNDS = parseBalance((10n ** 30n).toString());
