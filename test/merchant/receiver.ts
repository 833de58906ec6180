import { readAddress, toAddress } from '../devnet/address.ts';
import { blockToJson, hashBlock, workRoot } from '../devnet/block.ts';
import { accountOf, privateKeyAt, sign } from '../devnet/crypto.ts';
import { type AccountKey, fromHex, type Hash, type Hex32, readHex32, ZERO } from '../devnet/hex.ts';
import { findWork } from '../devnet/work.ts';
import { isConfirmed, type Patience } from './confirmation.ts';
import { type NanoNode, NodeRefusal } from './node.ts';

/** What became of pocketing a send. A failure may be tried again: nothing that was published is forgotten. */
export type Pocketed =
  | { readonly kind: 'pocketed'; readonly receiveHash: string }
  | { readonly kind: 'failed'; readonly error: string };

/**
 * The merchant's account and the key to it. Receives are built one after the other, because two of them on one frontier
 * would be a fork and one payer would lose their money (docs/WIRE.md §9); their confirmations are awaited side by side.
 */
export class Receiver {
  /** The account money is paid to. */
  readonly payTo: string;
  readonly #privateKey: Hex32;
  readonly #key: AccountKey;
  readonly #node: NanoNode;
  readonly #receiveThreshold: bigint;
  readonly #patience: Patience;
  readonly #receives = new Map<string, Hash>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(seed: string, node: NanoNode, receiveThreshold: bigint, patience: Patience) {
    this.#privateKey = privateKeyAt(seed, 0);
    this.#key = accountOf(this.#privateKey);
    this.payTo = toAddress(this.#key);
    this.#node = node;
    this.#receiveThreshold = receiveThreshold;
    this.#patience = patience;
  }

  /** Receives a send (canonical hash, amount in raw) and waits until the receive is confirmed. */
  async pocket(sendHash: string, amountRaw: string): Promise<Pocketed> {
    try {
      const receiveHash = await this.#inTurn(() => this.#receive(sendHash, amountRaw));
      if (receiveHash === undefined) {
        return failed('Block is not receivable — funds already pocketed or unknown hash');
      }
      const confirmed = await isConfirmed(this.#node, receiveHash, this.#patience);
      return confirmed
        ? { kind: 'pocketed', receiveHash }
        : failed('Failed to settle (receive) block: Block not confirmed');
    } catch (error) {
      if (error instanceof NodeRefusal) return failed(`Failed to settle (receive) block: ${error.message}`);
      throw error;
    }
  }

  async #receive(sendHash: string, amountRaw: string): Promise<Hash | undefined> {
    const earlier = this.#receives.get(sendHash);
    if (earlier !== undefined && (await this.#node.blockInfo(earlier)) !== undefined) return earlier;
    const link = readHex32(sendHash);
    if (link === undefined || !(await this.#node.isReceivable(sendHash))) return undefined;

    const head = await this.#head();
    const unsigned = {
      account: this.#key,
      previous: head.frontier,
      representative: head.representative,
      balance: head.balance + BigInt(amountRaw),
      link,
    };
    const hash = hashBlock(unsigned);
    const signature = sign(fromHex(hash), this.#privateKey);
    const work = await findWork(workRoot(unsigned), this.#receiveThreshold);
    const subtype = head.frontier === ZERO ? 'open' : 'receive';
    this.#receives.set(sendHash, hash);
    await this.#node.process(subtype, blockToJson({ ...unsigned, signature, work }));
    return hash;
  }

  async #head(): Promise<{ frontier: Hash; balance: bigint; representative: AccountKey }> {
    const info = await this.#node.accountInfo(this.payTo);
    if (info === undefined) return { frontier: ZERO, balance: 0n, representative: this.#key };
    const frontier = readHex32(info.frontier);
    const representative = readAddress(info.representative);
    if (frontier === undefined || representative === undefined)
      throw new Error('The node sent no chain head');
    return { frontier, balance: BigInt(info.balance), representative };
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(task, task);
    this.#turn = turn;
    return turn;
  }
}

const failed = (error: string): Pocketed => ({ kind: 'failed', error });
