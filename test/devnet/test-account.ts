import { toAddress } from './address.ts';
import type { BlockJson, UnsignedBlock } from './block.ts';
import { blockToJson, hashBlock, signBlock, workRoot } from './block.ts';
import { accountOf } from './crypto.ts';
import { type AccountKey, type Hash, type Hex32, ZERO } from './hex.ts';
import type { Ledger } from './ledger.ts';
import { findWork } from './work.ts';

/** A block ready for `process`. */
export interface ReadyBlock {
  readonly hash: Hash;
  readonly json: BlockJson;
}

/** An account with its private key that makes blocks on top of what the ledger has: the other side in tests. */
export class TestAccount {
  readonly key: AccountKey;
  readonly address: string;
  readonly #privateKey: string;
  readonly #ledger: Ledger;

  constructor(ledger: Ledger, privateKey: string) {
    this.#ledger = ledger;
    this.#privateKey = privateKey;
    this.key = accountOf(privateKey);
    this.address = toAddress(this.key);
  }

  /** A block that sends raw to an account. */
  send(to: AccountKey, raw: bigint): Promise<ReadyBlock> {
    return this.block({ balance: this.#balance - raw, link: to });
  }

  /** A block that receives a send, opening the account if need be. */
  receive(hash: Hash): Promise<ReadyBlock> {
    return this.block({ balance: this.#balance + (this.#ledger.entry(hash)?.amount ?? 0n), link: hash });
  }

  /** A block that changes the representative. */
  change(representative: AccountKey): Promise<ReadyBlock> {
    return this.block({ representative });
  }

  /** Any signed block on the account's head, with work for a send unless given; fields may be overridden. */
  async block(fields: Partial<UnsignedBlock>, givenWork?: bigint): Promise<ReadyBlock> {
    const head = this.#ledger.head(this.key);
    const block = {
      account: this.key,
      previous: head?.hash ?? ZERO,
      representative: head?.block.representative ?? this.key,
      balance: this.#balance,
      link: ZERO,
      ...fields,
    } satisfies UnsignedBlock;
    const work = givenWork ?? (await findWork(workRoot(block), this.#ledger.thresholds.send));
    return { hash: hashBlock(block), json: blockToJson(signBlock(block, this.#privateKey, work)) };
  }

  get #balance(): bigint {
    return this.#ledger.head(this.key)?.block.balance ?? 0n;
  }
}

/** A private key of its own for each number. */
export function testKey(number: number): Hex32 {
  return number.toString(16).toUpperCase().padStart(64, '0') as Hex32;
}

/** Sends one request to a node and answers its JSON. */
export async function ask(url: string, request: Readonly<Record<string, unknown>>): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(request) });
  return response.json();
}
