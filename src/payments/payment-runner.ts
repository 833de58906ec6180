import { Fault, type FaultKey, faultOf } from '../fault.ts';
import type { Challenge, DeliveryOutcome } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';
import type { HandOverOffer } from '../protocol/offer/offer.ts';
import { makeProof } from '../protocol/proof/proof.ts';
import { fallbackBody, lowerCaseProof } from '../protocol/proof/redelivery.ts';
import { readResponse, type ServerResponse } from '../protocol/response/response.ts';
import type { Exclusively } from '../wallet/account-chain.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import type { Publication } from '../wallet/publication.ts';
import { PUBLISHING_MARGIN, SIGNING_MARGIN } from './approval-match.ts';
import type { Journal, Lost } from './journal.ts';
import type { Intent, Payment, PaymentState, Progress } from './payment.ts';
import {
  type AnyPayment,
  goesOn,
  isWhole,
  type PrivateIntent,
  type PrivateRecord,
  siteOnDisk,
  wholeOf,
} from './private-record.ts';

/** What the way to the ledger takes to know of an intent. */
type Order = Pick<PrivateIntent, 'id' | 'network' | 'account' | 'amount' | 'offer'>;
type Of<State extends PaymentState> = Extract<Progress, { readonly state: State }>;

export interface PaymentRunnerPorts {
  readonly journal: Journal;
  /**
   * The open purse, if it is of this network and account; rejects with Fault `fault_locked`, or with
   * `fault_unknownNetwork` while another one is in use.
   */
  readonly wallet: (
    network: string,
    account: NanoAddress,
  ) => Promise<Pick<AccountWallet, 'chain' | 'decided' | 'sign'>>;
  /** Revokes a payment whose block came too late: resolved with what the ledger made of it (see `Revoker`). */
  readonly recall: (id: PaymentId) => Promise<AnyPayment>;
  /** Lets the challenge's own request go again, once, with the proof. */
  readonly deliver: (challenge: Challenge, proof: string) => Promise<DeliveryOutcome>;
  readonly exclusively: Exclusively;
  /** Sends the body as JSON to the challenge's own URL, and nowhere else; rejects when there is no answer. */
  readonly postFallback: (challenge: Challenge, body: string) => Promise<PostAnswer>;
  /**
   * Has the page ask once more by itself, where nothing is lost by it. When no proof waits for it, only if the server
   * would not ask for money again.
   */
  readonly again: (challenge: Challenge, waiting: 'proof' | 'nothing') => Promise<void>;
  readonly now: () => number;
}

/** Whether a request waits for what is paid. */
export interface Demand {
  /** Looked at when the block is about to be signed: the last moment at which nothing is owed. */
  isWaited(): boolean;
  /** Ends what is done before that moment. */
  readonly signal: AbortSignal;
}

/** What a server answered to a proof in the body of a POST. */
export interface PostAnswer {
  readonly status: number;
  readonly paymentResponse: string | null;
  readonly bodyText: string;
}

/** How many blocks are signed for a payment at most, one after the other, each in the place of one that was lost. */
const MOST_SIGNED = 9;
/** What keeps a payment whose block is dead from being signed once more, and always will. */
const ENDS_FOR_GOOD: ReadonlySet<FaultKey> = new Set<FaultKey>([
  'fault_offerExpired',
  'fault_withdrawn',
  'fault_insufficient',
]);

/** The longest a timer can wait (ms): a longer one would go off at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Walks one payment from approval to receipt. Every step is on disk before its effect leaves the purse, so the walk
 * can begin anywhere: an interrupted payment goes on from what the journal and the ledger say.
 */
export class PaymentRunner {
  readonly #ports: PaymentRunnerPorts;
  /** One walk per payment: whoever asks for a payment that is on its way joins it. */
  readonly #walks = new Map<PaymentId, Promise<AnyPayment>>();

  constructor(ports: PaymentRunnerPorts) {
    this.#ports = ports;
  }

  /**
   * Takes the payment as far as its proof. Resolves with it beyond that, or `abandoned`.
   *
   * @param demand where nothing waits any more before the block is signed, the payment is abandoned.
   * @throws Fault when it cannot go on now (no node, locked, not confirmed): it stays as it is and is resumed later;
   * `fault_privateForgotten` where there can be no proof any more
   */
  async run(id: PaymentId, demand?: Demand): Promise<Payment> {
    return wholeOf(await this.resume(id, demand));
  }

  /**
   * Takes the payment as far as it goes: to its proof or, where the browser has ended since a private window paid, until
   * its block is confirmed or taken back.
   *
   * @throws Fault as `pay`
   */
  resume(id: PaymentId, demand?: Demand): Promise<AnyPayment> {
    const running = this.#walks.get(id);
    if (running !== undefined) return running;
    const walk = this.#runToEnd(id, demand).finally(() => this.#walks.delete(id));
    this.#walks.set(id, walk);
    return walk;
  }

  /**
   * Delivers the kept proof of a payment to a challenge, and writes down what the server made of it.
   *
   * @throws Fault `fault_paymentOver` when the payment has no proof, or has already bought what it was for.
   */
  async deliver(payment: Payment, challenge: Challenge): Promise<Payment> {
    const { journal } = this.#ports;
    const { id } = payment.intent;
    if (!('proof' in payment.progress)) throw new Fault('fault_paymentOver');
    const { block, hash, proof } = payment.progress;
    // A payment that a killed worker left as `delivered` has no known answer: it is simply delivered again.
    if (payment.progress.state !== 'delivered') {
      await journal.advance(id, { state: 'delivered', block, hash, proof });
    }
    const outcome = await this.#taken(payment, challenge, proof);
    if (isHandOver(payment.intent.offer)) {
      const now = await this.#now(id);
      // What was revoked meanwhile is over, whatever the server said of it.
      if (now.progress.state === 'revoked') return wholeOf(now);
    }
    const after = wholeOf(await journal.advance(id, { proof, ...outcome, block, hash }));
    if ('byPost' in outcome) void this.#ports.again(challenge, 'nothing').catch(console.error);
    else if ('proof' in outcome) void this.#ports.again(challenge, 'proof').catch(console.error);
    return after;
  }

  /**
   * What came of the proof. A server has sold with the first line of its answer, the page has bought with the last: an
   * answer that breaks off in between is none.
   */
  async #taken({ intent: { offer } }: Payment, challenge: Challenge, proof: string): Promise<Outcome> {
    const present = async () => {
      const delivery = await this.#ports.deliver(challenge, proof);
      return { delivery, outcome: await this.#outcome(challenge, proof, delivery) };
    };
    // Servers pocket a signed payment while they check it; two at once make them lose one (docs/WIRE.md §9).
    const { delivery, outcome } = await (offer.mechanism === 'nanoSignature'
      ? this.#ports.exclusively(`deliver to ${offer.payTo}`, present)
      : present());
    if (outcome.state !== 'settled' || 'byPost' in outcome || delivery.kind !== 'answered') return outcome;
    const rest = await delivery.rest;
    return rest === 'came' ? outcome : { state: 'unanswered', reason: rest };
  }

  /**
   * What a delivery says of the payment; where the way it came was the trouble, after a second try in the way that the
   * server can read. None of them pays.
   */
  async #outcome(challenge: Challenge, proof: string, delivery: DeliveryOutcome): Promise<Outcome> {
    if (delivery.kind === 'unanswered') return { state: 'unanswered', reason: delivery.reason };
    const answer = readResponse(delivery, proof);
    if (answer.kind !== 'refused' || answer.remedy === undefined) return outcomeOf(delivery.status, answer);
    switch (answer.remedy) {
      case 'lowerCase': {
        const lower = lowerCaseProof(proof);
        const outcome = outcomeOf(delivery.status, answer);
        return lower === undefined ? outcome : { ...outcome, proof: lower };
      }
      case 'postBody':
        // The purse's own request would go out from outside the private window, and leave its address there.
        return challenge.isPrivate ? outcomeOf(delivery.status, answer) : this.#post(challenge, proof);
    }
  }

  /** The server lost the session: the proof goes to it once more, in the body of a POST (docs/WIRE.md §3.4). */
  async #post(challenge: Challenge, proof: string): Promise<Outcome> {
    const { postFallback } = this.#ports;
    let response: PostAnswer;
    try {
      response = await postFallback(challenge, fallbackBody(proof));
    } catch (failure) {
      console.error(failure);
      return { state: 'unanswered', reason: 'network' };
    }
    const outcome = outcomeOf(response.status, readResponse({ ...response, paymentRequired: null }, proof));
    return outcome.state === 'settled' ? { ...outcome, byPost: true } : outcome;
  }

  async #runToEnd(id: PaymentId, demand?: Demand): Promise<AnyPayment> {
    let payment = await this.#now(id);
    const { progress } = payment;
    if (progress.state === 'published' && (await this.#isReplaced(payment.intent, progress))) {
      payment = await this.#takeUpAgain(payment, progress, 'replaced', demand);
    }
    while (goesOn(payment)) payment = await this.#advance(payment, demand);
    return payment;
  }

  /** What was published in an earlier walk may have another block in its place by now: it would be waited for in vain. */
  async #isReplaced(intent: Order, published: Of<'published'>): Promise<boolean> {
    try {
      return (await this.#publication(intent, published)) === 'replaced';
    } catch (failure) {
      // A node that fails now is asked again while the confirmation is waited for.
      if (failure instanceof Fault) return false;
      throw failure;
    }
  }

  #advance(payment: AnyPayment, demand?: Demand): Promise<AnyPayment> {
    return isWhole(payment) ? this.#advanceWhole(payment, demand) : this.#advanceRecord(payment);
  }

  async #advanceWhole(payment: Payment, demand?: Demand): Promise<AnyPayment> {
    const { journal } = this.#ports;
    const { intent, progress } = payment;
    switch (progress.state) {
      case 'approved':
        return this.#sign(intent, demand);
      case 'signed':
        return isHandOver(intent.offer)
          ? this.#proveBy(intent.offer, intent, progress)
          : this.#publish(payment, progress, demand);
      case 'published':
        return this.#confirm(payment, progress, demand);
      case 'confirmed': {
        const { block, hash } = progress;
        const { account, offer } = intent;
        const sign = async (message: Message) => (await this.#purse(intent)).sign(message);
        const proof = await makeProof(offer, { hash, account, sign });
        return journal.advance(intent.id, { state: 'proven', block, hash, proof });
      }
      default:
        throw new Fault('fault_paymentOver');
    }
  }

  /** Nothing can be proven any more: what no network has is given back, the rest only finds its place on the ledger. */
  async #advanceRecord(payment: PrivateRecord): Promise<AnyPayment> {
    const { intent, progress } = payment;
    switch (progress.state) {
      case 'approved':
        return this.#abandon(intent, new Fault('fault_interrupted'));
      case 'signed':
        return isHandOver(intent.offer) ? this.#ports.recall(intent.id) : this.#publish(payment, progress);
      case 'published':
        return this.#confirm(payment, progress);
      default:
        throw new Fault('fault_paymentOver');
    }
  }

  /** Signs the block of an approved payment; when that fails before anything was signed, nothing is owed. */
  async #sign(intent: Intent, demand?: Demand): Promise<AnyPayment> {
    const { journal } = this.#ports;
    const { id, offer } = intent;
    const terms = this.#terms(intent, demand);
    let signed: AnyPayment | undefined;
    try {
      const { chain } = await this.#purse(intent);
      const record = async (own: OwnBlock) => {
        if (demand?.isWaited() === false) throw new Fault('fault_withdrawn');
        signed = await journal.sign(id, own);
      };
      const { order, due, signal } = terms;
      await (isHandOver(offer)
        ? chain.handOver(order, { payment: id, site: siteOnDisk(intent) }, record, signal)
        : chain.send(order, record, { due, signal }));
    } catch (failure) {
      const payment = await this.#now(id);
      if (payment.progress.state !== 'approved') throw failure;
      return this.#abandon(intent, terms.faultOf(failure));
    }
    return signed ?? this.#now(id);
  }

  /**
   * The block of a payment is none of its own any more: the payment is made with another one, under the same consent.
   * `replaced`, it is made on top of what has taken the place, so that never more than one of its blocks is confirmed; or
   * it goes on with an earlier one that is on the ledger after all. `claimed`, what is on the ledger pays for something
   * else. A payment that nobody waits for any more, or that is too late or too dear by now, is given up.
   */
  async #takeUpAgain(
    payment: AnyPayment,
    { hash }: Of<'signed' | 'published'>,
    how: Lost,
    demand?: Demand,
  ): Promise<AnyPayment> {
    const { journal } = this.#ports;
    const { id } = payment.intent;
    const times = payment.story.filter(({ state }) => state === 'signed').length;
    if (!isWhole(payment) || payment.isCopy || times >= MOST_SIGNED) {
      return this.#abandon(payment.intent, new Fault('fault_blockForked'), hash);
    }
    const earlier = [...(payment.replaced ?? []), ...(how === 'replaced' ? [hash] : [])];
    const { order, due, signal, faultOf } = this.#terms(payment.intent, demand);
    let signed: AnyPayment | undefined;
    try {
      const { chain } = await this.#purse(payment.intent);
      const record = async (own: OwnBlock) => {
        if (demand?.isWaited() === false) throw new Fault('fault_withdrawn');
        signed = await journal.signInstead(id, hash, own, how);
      };
      const sent = await chain.sendInstead(order, earlier, record, { due, signal });
      if (sent.kind === 'stands') {
        // Nodes that say both of one block are not agreed yet.
        if (sent.own.hash === hash) throw new Fault('fault_blockWaits');
        return await journal.reinstate(id, hash, sent.own);
      }
    } catch (failure) {
      const fault = faultOf(failure);
      if (signed !== undefined || !ENDS_FOR_GOOD.has(fault.key)) throw failure;
      return this.#abandon(payment.intent, fault, hash);
    }
    return signed ?? this.#now(id);
  }

  /** On what terms a payment's block is signed, and what a failure to do so means. */
  #terms(intent: Intent, demand?: Demand) {
    const { id, offer, amount } = intent;
    // A search for work that takes longer than the offer lives would keep the page and the chain waiting for nothing.
    const left = offer.expiresAt - SIGNING_MARGIN - this.#ports.now();
    const tooLate = AbortSignal.timeout(Math.min(Math.max(left, 0), LONGEST_TIMER));
    return {
      order: { to: offer.payTo, amount },
      due: { payment: id, site: siteOnDisk(intent), by: offer.expiresAt - PUBLISHING_MARGIN },
      signal: demand === undefined ? tooLate : AbortSignal.any([tooLate, demand.signal]),
      faultOf: (failure: unknown) =>
        failure === tooLate.reason ? new Fault('fault_offerExpired') : faultOf(failure),
    };
  }

  /** A block that is handed over proves itself: neither published nor confirmed from here. */
  async #proveBy(offer: HandOverOffer, { id }: Intent, { block, hash }: Of<'signed'>): Promise<AnyPayment> {
    const proof = await makeProof(offer, { block });
    return this.#ports.journal.advance(id, { state: 'proven', block, hash, proof });
  }

  /**
   * Too late, the block would pay for nothing: unless some node has it already, it is taken back. What was once held
   * back is, even where the clock was set back meanwhile.
   */
  async #publish(payment: AnyPayment, signed: Of<'signed'>, demand?: Demand): Promise<AnyPayment> {
    const { intent } = payment;
    const { block, hash } = signed;
    const { chain } = await this.#purse(intent);
    const isLate = this.#ports.now() >= intent.offer.expiresAt - PUBLISHING_MARGIN;
    if (await (isLate ? chain.withhold(hash) : chain.isWithheld(hash))) {
      return this.#ports.recall(intent.id);
    }
    const publication = await chain.publishPayment(ownOf(intent, signed));
    switch (publication) {
      case 'pending':
        throw new Fault('fault_blockWaits');
      case 'replaced':
      case 'claimed':
        return this.#takeUpAgain(payment, signed, publication, demand);
      case 'onLedger':
        return this.#ports.journal.advance(intent.id, { state: 'published', block, hash });
    }
  }

  async #confirm(payment: AnyPayment, published: Of<'published'>, demand?: Demand): Promise<AnyPayment> {
    const { intent, story } = payment;
    const { block, hash } = published;
    const wallet = await this.#purse(intent);
    const decided = await wallet
      .decided(ownOf(intent, published), story.at(-1)?.at)
      .catch(async (failure) => {
        if (!(failure instanceof Fault) || failure.key !== 'fault_notConfirmed') throw failure;
        // Patience is over. The block may have been dropped: it is published again for the next time.
        if ((await this.#publication(intent, published)) !== 'replaced') throw failure;
        return 'replaced';
      });
    if (decided === 'replaced') return this.#takeUpAgain(payment, published, decided, demand);
    return this.#ports.journal.advance(intent.id, { state: 'confirmed', block, hash });
  }

  async #publication(intent: Order, progress: Of<'signed' | 'published'>): Promise<Publication> {
    const { chain } = await this.#purse(intent);
    return chain.publish(ownOf(intent, progress));
  }

  /** @param lost the block that can never land, where one was signed */
  #abandon({ id }: Order, { key, args }: Fault, lost?: BlockHash): Promise<AnyPayment> {
    return this.#ports.journal.advance(id, { state: 'abandoned', fault: key, args }, lost);
  }

  #purse({ network, account }: Order) {
    return this.#ports.wallet(network.id, account);
  }

  async #now(id: PaymentId): Promise<AnyPayment> {
    const payment = await this.#ports.journal.find(id);
    if (payment === null) throw new Fault('fault_unknownPayment');
    return payment;
  }
}

/** The block of a payment as its chain knows it. */
function ownOf({ network, account, amount }: Order, { block, hash }: Of<'signed' | 'published'>): OwnBlock {
  return { network: network.id, account, hash, subtype: 'send', block, moved: amount };
}

/** How a delivery ended, as the journal writes it down: with another spelling of the proof where the server wants one. */
type Outcome = { readonly proof?: string } & (
  | Pick<Of<'settled'>, 'state' | 'status' | 'byPost'>
  | Pick<Of<'refused'>, 'state' | 'status' | 'final' | 'said'>
  | Pick<Of<'unanswered'>, 'state' | 'reason'>
);

function outcomeOf(status: number, answer: ServerResponse): Outcome {
  switch (answer.kind) {
    case 'paid':
      return { state: 'settled', status };
    case 'refused':
      return { state: 'refused', status, final: answer.final, said: answer.text };
    case 'unclear':
      return { state: 'unanswered', reason: 'network' };
  }
}
