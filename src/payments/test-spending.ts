import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { parseRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash, SignedBlock } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';
import type { SignedBlockOffer } from '../protocol/mechanisms/signed-block.ts';
import { readWebUrl, type Site, siteOf } from '../site.ts';
import type { AccountWallet, BlockStatus } from '../wallet/account-wallet.ts';
import type { Exclusively } from '../wallet/exclusively.ts';
import type { Order } from '../wallet/send-order.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { Journal } from './journal.ts';
import type { Payment } from './payment.ts';
import type { PaymentRunner } from './payment-runner.ts';
import type { Recall } from './recall.ts';

/** A sum that the user agreed to spend on a test of a server, and the rest of it. */
export interface TestRun {
  readonly url: string;
  readonly account: NanoAddress;
  readonly network: string;
  /** What may still be spent (raw), as decimal text: the store cannot hold a BigInt. */
  readonly left: string;
}

/** Keeps the runs until the wallet is locked or the browser ends. */
export interface RunStore {
  read(run: string): Promise<TestRun | null>;
  write(run: string, value: TestRun): Promise<void>;
}

export interface TestSpendingPorts {
  readonly journal: Journal;
  readonly runner: Pick<PaymentRunner, 'run'>;
  readonly recall: Pick<Recall, 'recall'>;
  /** The unlocked wallet; rejects with Fault `fault_locked`. */
  readonly wallet: () => Promise<Pick<Wallet, 'network' | 'account' | 'accounts' | 'send' | 'of'>>;
  readonly runs: RunStore;
  /** Whether the user said that the server at this site is theirs. */
  readonly isOwn: (site: Site) => Promise<boolean>;
  readonly exclusively: Exclusively;
  readonly now: () => number;
}

/** The order for a signed block of a test, and whether the server gets the block. */
export interface TestHandOver extends Order {
  /** The block never leaves the extension unchanged, and so costs nothing. */
  readonly kept: boolean;
}

/** How long a signed block of a test may stay unpublished before it is recalled automatically (ms). */
const BLOCK_LIFE = 10 * 60_000;

/**
 * Spends on tests of the user's own servers, and on what the user fetches by hand. A run never spends more than the user
 * agreed to. A send is recorded as a transfer. A signed block that is handed over is recorded as a payment in the journal,
 * and recalled automatically after its life.
 */
export class TestSpending {
  readonly #ports: TestSpendingPorts;

  constructor(ports: TestSpendingPorts) {
    this.#ports = ports;
  }

  /**
   * Begins a run that may spend at most `limit` (raw). Only a server that the user called their own may be probed.
   *
   * @throws Fault `fault_notOwnServer`, `fault_badSite`, `fault_locked`
   */
  async begin(url: string, limit: Raw, probing: boolean): Promise<{ readonly run: string } & TestRun> {
    if (readWebUrl(url) === undefined) throw new Fault('fault_badSite', [url]);
    const site = siteOf(url);
    if (probing && !(await this.#ports.isOwn(site))) throw new Fault('fault_notOwnServer', [site]);
    const { account, network } = await this.#ports.wallet();
    const run = crypto.randomUUID();
    const value = { url, account, network: network.id, left: limit.toString() };
    await this.#ports.runs.write(run, value);
    return { run, ...value };
  }

  /** Sends, and resolves once a node has the block. @throws Fault `fault_testOver`, `fault_testLimit`; as `Wallet.send` */
  async pay(run: string, { to, amount }: Order): Promise<BlockHash> {
    const { wallet } = await this.#open(run);
    await this.#debit(run, await this.#costOf(to, amount));
    return wallet.send(to, amount);
  }

  /** Resolves once the network has confirmed the block. @throws Fault `fault_testOver`, and as `AccountWallet.confirmed` */
  async confirmed(run: string, hash: BlockHash): Promise<void> {
    await (await this.#open(run)).own.confirmed(hash);
  }

  /** The status of a block on the ledger. @throws Fault `fault_testOver`, and those of NodeClient */
  async standing(run: string, hash: BlockHash): Promise<BlockStatus> {
    return (await this.#open(run)).own.blockStatus(hash);
  }

  /** Signs the message that a mechanism binds to a payment. @throws Fault `fault_testOver`, `fault_locked` */
  async sign(run: string, message: Message): Promise<string> {
    return (await this.#open(run)).own.sign(message);
  }

  /**
   * Signs a send that only the server under test may publish.
   *
   * @throws Fault `fault_testOver`, `fault_testLimit`; as `PaymentRunner.run`
   */
  async handOver(
    run: string,
    { to, amount, kept }: TestHandOver,
  ): Promise<{ readonly id: PaymentId; readonly block: SignedBlock }> {
    const { journal, runner, now } = this.#ports;
    const { value, own } = await this.#open(run);
    if (!kept) await this.#debit(run, await this.#costOf(to, amount));
    const id = crypto.randomUUID() as PaymentId;
    const { id: network, testMoney } = own.network;
    const offer = offerOf(value, { to, amount }, now());
    const reservation = await journal.reserve({
      id,
      at: now(),
      network: { id: network, testMoney },
      account: value.account,
      site: siteOf(value.url),
      challenge: { kind: 'test', url: value.url },
      offer,
      amount,
      approval: 'once',
      once: `test ${id}`,
      resource: `a test ${siteOf(value.url)}`,
    });
    if (reservation.kind !== 'reserved') throw new Fault('fault_unexpected');
    const { progress } = await runner.run(id);
    if (progress.state === 'abandoned') throw new Fault(progress.fault, progress.args);
    if (!('block' in progress)) throw new Fault('fault_paymentOver');
    return { id, block: progress.block };
  }

  /**
   * Recalls a signed block, unless the server has published it, and records the result. Safe to repeat.
   *
   * @throws Fault `fault_testOver`; as `Recall.recall`
   */
  async recall(run: string, id: PaymentId): Promise<'recalled' | 'published'> {
    await this.#open(run);
    const { progress } = await this.#ports.recall.recall(id);
    if (progress.state === 'revoked') return 'recalled';
    if ('proof' in progress) await this.#settle(id, progress);
    return 'published';
  }

  /** Records a payment whose block the server published as settled. */
  async #settle(
    id: PaymentId,
    progress: Extract<Payment['progress'], { readonly proof: string }>,
  ): Promise<void> {
    const { journal } = this.#ports;
    const { block, hash, proof } = progress;
    if (progress.state === 'settled') return;
    if (progress.state !== 'delivered') await journal.advance(id, { state: 'delivered', block, hash, proof });
    await journal.advance(id, { state: 'settled', status: 200, block, hash, proof });
  }

  /** The run, the wallet, and the account of the run. @throws Fault `fault_testOver` for an unknown run or another network */
  async #open(run: string) {
    const value = await this.#ports.runs.read(run);
    const wallet = await this.#ports.wallet();
    const own: AccountWallet | undefined = value === null ? undefined : wallet.of(value.account);
    if (value === null || own === undefined || own.network.id !== value.network)
      throw new Fault('fault_testOver');
    return { value, wallet, own };
  }

  /** The cost of a payment (raw). Payments to the user's own accounts cost nothing. */
  async #costOf(to: NanoAddress, amount: Raw): Promise<Raw> {
    return (await this.#ports.wallet()).accounts.includes(to) ? ZERO : amount;
  }

  /** @throws Fault `fault_testLimit` when more would be spent than was agreed to */
  #debit(run: string, amount: Raw): Promise<void> {
    const { runs, exclusively } = this.#ports;
    return exclusively(`test ${run}`, async () => {
      const value = await runs.read(run);
      if (value === null) throw new Fault('fault_testOver');
      const left = parseRaw(value.left);
      if (amount > left) throw new Fault('fault_testLimit');
      await runs.write(run, { ...value, left: subtractRaw(left, amount).toString() });
    });
  }
}

/** The offer under which a test's block is journaled: payee, amount and life of the block. No server made it. */
function offerOf({ url, network }: TestRun, { to, amount }: Order, now: number): SignedBlockOffer {
  return {
    mechanism: 'signedBlock',
    oncePer: undefined,
    index: 0,
    network,
    amount,
    payTo: to,
    expiresAt: now + BLOCK_LIFE,
    accepted: {},
    resource: { url },
    resourceEcho: { url },
    extensions: undefined,
    warnings: [],
  };
}
