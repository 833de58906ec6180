import { addRaw, type Raw, ZERO } from '../nano/amount.ts';
import type { BlockHash, SignedBlock } from '../nano/block.ts';
import type { Clock } from '../nano/clock.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';
import type { EntryMechanism, EntryOffer } from '../protocol/offer/offer.ts';
import { proofUrlOf } from '../protocol/offer/track-demo.ts';
import { fallbackBody } from '../protocol/proof/redelivery.ts';
import { type Exchange, Inconclusive } from './exchange.ts';
import type { BlockStatus, HandedOverBlock, HttpRequest, Money, Order } from './ports.ts';
import { hashOf, proofOf } from './proofs.ts';
import { sentence } from './sentence.ts';
import { type Inspection, inspectionOf, type Target } from './target.ts';
import type { Wire } from './wire.ts';

export interface ProbeRunParts {
  readonly target: Target;
  /** CAIP-2 id of the network that offers are for. */
  readonly network: string;
  /** What the endpoint asked for when it was first looked at. */
  readonly inspection: Inspection;
  readonly wire: Wire;
  readonly money: Money | null;
  /** The most that the probe may spend (raw). */
  readonly limit: Raw;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What the probes before it in the same run sent, and what came back. */
  readonly earlier: readonly Exchange[];
}

/** How a request of a probe differs from the one that the user typed. */
export interface Change {
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
}

/** Runs one probe: gives it its requests and its money, and records both. */
export class ProbeRun {
  readonly target: Target;
  readonly inspection: Inspection;
  readonly clock: Clock;
  readonly #parts: ProbeRunParts;
  readonly #exchanges: Exchange[] = [];
  readonly #handedOver: { readonly handedOver: HandedOverBlock; readonly amount: Raw }[] = [];
  /** What was sent, and what signed blocks that are out could still cost. */
  #committed: Raw = ZERO;
  #spent: Raw = ZERO;

  constructor(parts: ProbeRunParts) {
    this.#parts = parts;
    this.target = parts.target;
    this.inspection = parts.inspection;
    this.clock = parts.clock;
  }

  /** Everything that was sent so far, and what came back. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** What the probes before it in the same run sent, and what came back. */
  get earlier(): readonly Exchange[] {
    return this.#parts.earlier;
  }

  /** What it has cost so far (raw). */
  get spent(): Raw {
    return this.#spent;
  }

  /** Asks without paying. */
  ask(change: Change = {}): Promise<Exchange> {
    return this.#send(this.#request(change));
  }

  /** A new offer of this mechanism. @throws Inconclusive when none is made */
  async freshOffer(mechanism: EntryMechanism, change: Change = {}): Promise<EntryOffer> {
    const { network } = this.#parts;
    const arrivedAt = this.clock.now();
    const { received } = await this.ask(change);
    const inspection = inspectionOf(received, change.url ?? this.target.url, network, arrivedAt);
    const offer = inspection.probed.find((one) => one.mechanism === mechanism);
    if (offer === undefined) throw new Inconclusive(sentence('probe_noNewOffer'));
    return offer;
  }

  /** Asks with a proof, in the header; or in the body of a POST, as Rev 7 takes it after a lost session. */
  present(proof: string, change: Change & { readonly by?: 'header' | 'body' } = {}): Promise<Exchange> {
    return this.#send(this.#delivery(proof, change));
  }

  /** Asks with each of these proofs at the same moment: the only time that several requests are on their way at once. */
  presentTogether(proofs: readonly string[]): Promise<readonly Exchange[]> {
    const { wire, signal } = this.#parts;
    return this.#note(
      wire.together(
        proofs.map((proof) => this.#delivery(proof, {})),
        signal,
      ),
    );
  }

  /** Sends money and waits for its confirmation. */
  async pay(order: Order): Promise<BlockHash> {
    this.#commit(order);
    const hash = await this.#money.pay(order, this.#parts.signal);
    this.#spend(order);
    return hash;
  }

  /** Sends money and waits for nothing. */
  async publish(order: Order): Promise<BlockHash> {
    this.#commit(order);
    const hash = await this.#money.publish(order, this.#parts.signal);
    this.#spend(order);
    return hash;
  }

  confirmed(hash: BlockHash): Promise<void> {
    return this.#money.confirmed(hash, this.#parts.signal);
  }

  statusOf(hash: BlockHash): Promise<BlockStatus> {
    return this.#money.statusOf(hash);
  }

  get account() {
    return this.#money.account;
  }

  readonly sign = (message: Message): Promise<string> => this.#money.sign(message);

  /**
   * Signs a send and publishes it nowhere. What the server does not publish is recalled when the probe ends. A block that
   * is `kept` is never shown to the server as it is, and so costs nothing.
   */
  async handOver(order: Order, { kept = false }: { readonly kept?: boolean } = {}): Promise<HandedOverBlock> {
    if (!kept) this.#commit(order);
    const handedOver = await this.#money.handOver(order, this.#parts.signal, kept);
    this.#handedOver.push({ handedOver, amount: this.#costOf(order) });
    return handedOver;
  }

  /** Pays an offer rightly, whichever way it is paid, and gives the right proof of it. */
  async pays(offer: EntryOffer): Promise<{ readonly proof: string; readonly hash: BlockHash }> {
    const order = { to: offer.payTo, amount: offer.amount };
    if (isHandOver(offer)) {
      const { block } = await this.handOver(order);
      return { proof: await this.proof(offer, block), hash: hashOf(block) };
    }
    const hash = await this.pay(order);
    return { proof: await this.proof(offer, hash), hash };
  }

  /** The right proof of a payment of this account. */
  proof(offer: EntryOffer, paid: BlockHash | SignedBlock): Promise<string> {
    return proofOf(offer, paid, { account: this.account, sign: this.sign });
  }

  pause(ms: number): Promise<void> {
    return this.clock.pause(ms, this.#parts.signal);
  }

  /** Recalls every signed block that is out and was not published. Called when the probe ends, also after a failure. */
  async recallAll(): Promise<void> {
    for (const { handedOver, amount } of this.#handedOver.splice(0)) {
      if ((await handedOver.recall()) === 'published') this.#spent = addRaw(this.#spent, amount);
    }
  }

  get #money(): Money {
    const { money } = this.#parts;
    if (money === null) throw new Inconclusive(sentence('probe_noWallet'));
    return money;
  }

  /** Money that goes from the account to itself costs nothing. */
  #costOf({ to, amount }: Order): Raw {
    return to === this.account ? ZERO : amount;
  }

  #commit(order: Order): void {
    const committed = addRaw(this.#committed, this.#costOf(order));
    if (committed > this.#parts.limit) throw new Inconclusive(sentence('probe_overLimit'));
    this.#committed = committed;
  }

  #spend(order: Order): void {
    this.#spent = addRaw(this.#spent, this.#costOf(order));
  }

  #request({ headers = {}, url = this.target.url }: Change): HttpRequest {
    const { method, body, headers: typed } = this.target;
    return { method, url, headers: { ...typed, ...headers }, body };
  }

  /** The request that brings a proof: to the URL that takes it, which for some offers is another one. */
  #delivery(proof: string, change: Change & { readonly by?: 'header' | 'body' }): HttpRequest {
    const asked = this.#request(change);
    const request = { ...asked, url: proofUrlOf(asked.url) ?? asked.url };
    if (change.by === 'body') {
      const headers = { ...request.headers, 'Content-Type': 'application/json' };
      return { ...request, method: 'POST', headers, body: fallbackBody(proof) };
    }
    return { ...request, headers: { ...request.headers, 'PAYMENT-SIGNATURE': proof } };
  }

  async #send(request: HttpRequest): Promise<Exchange> {
    const { wire, signal } = this.#parts;
    const exchange = await wire.send(request, signal);
    this.#exchanges.push(exchange);
    return exchange;
  }

  async #note(exchanges: Promise<readonly Exchange[]>): Promise<readonly Exchange[]> {
    const all = await exchanges;
    this.#exchanges.push(...all);
    return all;
  }
}
