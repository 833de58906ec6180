import { randomBytes } from 'node:crypto';
import { isConfirmed } from '../confirmation.ts';
import { HandedOverBlocks, type HandedOverRecord } from '../handed-over-blocks.ts';
import { json, type Reply, show, type Visit } from '../http.ts';
import type { SettledPayment } from '../spent.ts';
import {
  type Entry,
  entryIn,
  type FlawCode,
  flawOf,
  type Presented,
  payerOf,
  presentedIn,
} from './checks.ts';
import { type RecordedMessage, type Recording, retold } from './recording.ts';
import type { Counter, CounterParts } from './seller.ts';

/** How long a reply that was bought is given again at some sellers (ms). */
const REPLAYED_FOR = 10 * 60_000;

/** An answer to a good proof that does not bring the goods. */
export interface Refusal {
  /** Its number in the recording. */
  readonly answer: number;
  /** Whether the block is published before it is sent. */
  readonly publishes?: true;
  /** The header of the answer whose token the next delivery must have, and the answer to one that has not. */
  readonly token?: { readonly header: string; readonly otherwise: number };
}

/** How a seller of signed blocks behaves: the text is recorded, the checks are real. */
export interface SignedBlockHabits {
  readonly recording: Recording;
  /** Whether the payee's account is another one in each offer. */
  readonly payTo?: 'of each offer';
  /** When it publishes the block it sells for: it may wait for the confirmation, or not, or do it after its answer. */
  readonly publishes: 'and waits' | 'and waits not' | 'afterwards';
  /** What it answers to a good proof before it serves it, one delivery each. */
  readonly first?: readonly Refusal[];
  /** Whether the last of these answers never gives way to the goods. */
  readonly repeatsLast?: true;
  /** The number of the answer with the goods, or the goods; by default the 200 of x402's own servers. */
  readonly goods?: number | Reply;
  /** A served proof that comes again gets the same reply: always, or for ten minutes; by default it is refused. */
  readonly replays?: 'always' | 'for ten minutes';
  /** What it says of a proof that has bought this already, or something else. */
  readonly used?: { readonly again: number | Reply; readonly elsewhere: number | Reply };
  /** The numbers of the answers to a flawed proof, where one is recorded. */
  readonly words?: Partial<Record<FlawCode, number>>;
  /** What it says of any other flaw; by default a fresh offer with the code as its `error`, and `{}`, as x402's own. */
  readonly flawed?: (code: FlawCode) => Reply;
  /** The header in which it takes the hash of a block that it has published and not served. */
  readonly takesHashIn?: string;
}

/** The proof that an answer is about, and the token that it gives. */
interface About {
  readonly presented?: Presented | undefined;
  readonly token?: Order['token'] | undefined;
}

/** A block that was found good. */
interface Order {
  readonly presented: Presented;
  readonly entry: Entry;
  readonly request: string;
  readonly visit: Visit;
  deliveries: number;
  token?: { readonly value: string; readonly header: string; readonly otherwise: number };
  served?: { readonly at: number; readonly reply: Reply };
}

/** A counter for x402 v2 `exact` on Nano: a signed block that the seller publishes (docs/WIRE.md §3.9). */
export const signedBlocks =
  (habits: SignedBlockHabits) =>
  (parts: CounterParts): Counter =>
    new SignedBlockCounter(habits, parts);

class SignedBlockCounter implements Counter {
  readonly #habits: SignedBlockHabits;
  readonly #parts: CounterParts;
  readonly #blocks: HandedOverBlocks;
  readonly #payTo: string;
  /** The account that is paid in the recording. */
  readonly #recordedPayTo: string;
  readonly #issued = new Map<string, Entry[]>();
  readonly #orders = new Map<string, Order>();
  readonly #payments: SettledPayment[] = [];

  constructor(habits: SignedBlockHabits, parts: CounterParts) {
    this.#habits = habits;
    this.#parts = parts;
    this.#blocks = new HandedOverBlocks(parts.node);
    this.#payTo = parts.newAccount();
    const offered = recordedEntry(habits.recording.challenge);
    if (offered === undefined) throw new Error('The recording offers no way to pay in Nano');
    this.#recordedPayTo = offered.payTo;
  }

  payments(): readonly SettledPayment[] {
    return this.#payments;
  }

  handedOver(): readonly HandedOverRecord[] {
    return this.#blocks.all();
  }

  close(): void {
    this.#blocks.clear();
  }

  async serve(visit: Visit): Promise<Reply> {
    const header = visit.headers['payment-signature'];
    if (typeof header === 'string') return this.#judge(visit, header);
    const byHash = this.#habits.takesHashIn && visit.headers[this.#habits.takesHashIn];
    const owed = typeof byHash === 'string' ? this.#orders.get(byHash.toUpperCase()) : undefined;
    if (owed !== undefined && owed.served === undefined) return this.#sell(owed);
    return this.#tell(this.#habits.recording.challenge, visit);
  }

  async #judge(visit: Visit, header: string): Promise<Reply> {
    const presented = presentedIn(header);
    if (presented === undefined) return this.#flawed(visit, 'invalid_block');
    const known = this.#orders.get(presented.hash);
    if (known !== undefined) return this.#comesAgain(known, visit, presented);
    const issued = this.#issued.get(visit.href) ?? [];
    const flaw = await flawOf(this.#parts, presented, issued);
    const entry = issued.find(({ payTo }) => payTo === presented.linkAsAccount);
    if (flaw !== undefined || entry === undefined)
      return this.#flawed(visit, flaw ?? 'requirements_mismatch', presented);
    const resource = { url: visit.href, route: visit.url.pathname };
    if (!this.#blocks.take(presented.block, resource))
      return this.#flawed(visit, 'frontier_moved', presented);
    const order: Order = { presented, entry, request: requestOf(visit), visit, deliveries: 0 };
    this.#orders.set(presented.hash, order);
    return this.#deliver(order, visit);
  }

  async #comesAgain(order: Order, visit: Visit, presented: Presented): Promise<Reply> {
    const { used, replays } = this.#habits;
    if (order.request !== requestOf(visit)) return this.#used(used?.elsewhere, visit, presented);
    const { token, served } = order;
    if (token !== undefined && visit.headers[token.header] !== token.value)
      return this.#refuse(visit, token.otherwise, 'its token is missing', presented);
    if (served === undefined) return this.#deliver(order, visit);
    if (replays === 'always') return served.reply;
    const isSame = sessionIn(presented.accepted) === sessionIn(order.presented.accepted);
    if (replays === undefined || !isSame || this.#parts.now() - served.at > REPLAYED_FOR)
      return this.#used(used?.again, visit, presented);
    return { ...served.reply, headers: { ...served.reply.headers, 'x-nano-replay': 'true' } };
  }

  async #deliver(order: Order, visit: Visit): Promise<Reply> {
    const { first = [], repeatsLast } = this.#habits;
    const { presented } = order;
    const refusal = first[order.deliveries] ?? (repeatsLast && first.at(-1));
    order.deliveries += 1;
    if (refusal === undefined) return this.#sell(order);
    const { answer, publishes, token } = refusal;
    if (publishes && (await this.#blocks.publish(presented.hash)).kind === 'bounced')
      return this.#flawed(visit, 'process_failed', presented);
    if (token !== undefined) order.token = { ...token, value: randomBytes(16).toString('hex') };
    return this.#refuse(visit, answer, 'not served yet', presented, order.token);
  }

  async #sell(order: Order): Promise<Reply> {
    const { publishes } = this.#habits;
    const { node, patience, now } = this.#parts;
    const { presented, entry, visit } = order;
    const { hash } = presented;
    if (publishes !== 'afterwards') {
      if ((await this.#blocks.publish(hash)).kind === 'bounced')
        return this.#flawed(visit, 'process_failed', presented);
      if (publishes === 'and waits' && !(await isConfirmed(node, hash, patience)))
        return this.#flawed(visit, 'confirmation_timeout', presented);
    }
    // Two deliveries at once wait for the same confirmation.
    if (order.served !== undefined) return order.served.reply;
    const payer = payerOf(presented);
    const resource = { url: visit.href, route: visit.url.pathname };
    const { amount: amountRaw, payTo } = entry;
    this.#payments.push({ mechanism: 'signedBlock', ...resource, amountRaw, payTo, payer, hash, at: now() });
    if (publishes === 'afterwards') this.#blocks.publishLate(hash);
    order.served = { at: now(), reply: this.#goods(order) };
    return order.served.reply;
  }

  #goods({ presented, visit }: Order): Reply {
    const { goods } = this.#habits;
    if (typeof goods === 'number') return this.#tell(this.#answer(goods), visit, { presented });
    if (goods !== undefined) return goods;
    const { network } = this.#parts;
    const receipt = { success: true, transaction: presented.hash, network, payer: payerOf(presented) };
    const encoded = Buffer.from(JSON.stringify(receipt), 'utf8').toString('base64');
    return show(200, json({ paid: true, by: presented.hash }), { 'payment-response': encoded });
  }

  #used(used: number | Reply | undefined, visit: Visit, presented: Presented): Reply {
    if (used === undefined) return this.#flawed(visit, 'block_already_exists', presented);
    if (typeof used === 'number') return this.#refuse(visit, used, 'used before', presented);
    this.#parts.refused(visit, used.status, 'used before');
    return used;
  }

  #refuse(visit: Visit, answer: number, why: string, presented: Presented, token?: Order['token']): Reply {
    const reply = this.#tell(this.#answer(answer), visit, { presented, token });
    this.#parts.refused(visit, reply.status, why);
    return reply;
  }

  #flawed(visit: Visit, code: FlawCode, presented?: Presented): Reply {
    const { words = {}, flawed, recording } = this.#habits;
    const said = words[code];
    const reply =
      said !== undefined
        ? this.#tell(this.#answer(said), visit, { presented })
        : (flawed?.(code) ?? this.#tell(offeredAgain(recording.challenge, code), visit));
    this.#parts.refused(visit, reply.status, code);
    return reply;
  }

  #answer(number: number): RecordedMessage {
    const answer = this.#habits.recording.answers.get(number);
    if (answer === undefined) throw new Error(`The recording has no answer ${number}`);
    return answer;
  }

  /** Says what was recorded of this seller, with the names of today; an offer in it is issued. */
  #tell(message: RecordedMessage, visit: Visit, about: About = {}): Reply {
    const { recording, payTo } = this.#habits;
    const { network, origin, sendThreshold, newAccount, retryAfterSeconds } = this.#parts;
    const offered = recordedEntry(message);
    const payee = payTo === 'of each offer' && offered !== undefined ? newAccount() : this.#payTo;
    const names: [string, string][] = [
      [recording.url.href, visit.href],
      [recording.url.origin, origin],
      [this.#recordedPayTo, payee],
      [RECORDED_NETWORK, network],
      [RECORDED_THRESHOLD, sendThreshold.toString(16)],
    ];
    const session = offered && sessionIn(offered);
    if (session !== undefined) names.push([session, randomBytes(16).toString('hex')]);
    const { presented, token } = about;
    if (presented !== undefined && recording.paid !== undefined)
      names.push([recording.paid.hash, presented.hash], [recording.paid.payer, payerOf(presented)]);
    const recordedToken = token && message.headers[token.header];
    if (token !== undefined && recordedToken !== undefined) names.push([recordedToken, token.value]);
    const reply = retold(message, names);
    const headers = { ...reply.headers };
    if (headers['retry-after'] !== undefined && retryAfterSeconds !== undefined)
      headers['retry-after'] = String(retryAfterSeconds);
    this.#issue(visit, headers['payment-required']);
    return { ...reply, headers };
  }

  #issue({ href }: Visit, paymentRequired: string | readonly string[] | undefined): void {
    if (typeof paymentRequired !== 'string') return;
    const entry = entryIn(paymentRequired, this.#parts.network);
    if (entry !== undefined) this.#issued.set(href, [...(this.#issued.get(href) ?? []), entry]);
  }
}

const RECORDED_NETWORK = 'nano:mainnet';
const RECORDED_THRESHOLD = 'fffffff800000000';

/** What a proof must come with to be for the same: method, URL and body. */
const requestOf = ({ method, href, body }: Visit) => `${method} ${href} ${body.toString('base64')}`;

function recordedEntry({ headers }: RecordedMessage): Entry | undefined {
  const header = headers['payment-required'];
  return header === undefined ? undefined : entryIn(header, RECORDED_NETWORK);
}

function sessionIn({ extra }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof extra !== 'object' || extra === null || !('session' in extra)) return undefined;
  return typeof extra.session === 'string' ? extra.session : undefined;
}

/** The recorded offer once more, with the reason in its `error`, as x402's own servers answer to a flawed proof. */
function offeredAgain(challenge: RecordedMessage, error: string): RecordedMessage {
  const { 'payment-required': header = '', ...headers } = challenge.headers;
  const offer: object = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  const again = Buffer.from(JSON.stringify({ ...offer, error }), 'utf8').toString('base64');
  return { status: 402, headers: { ...headers, 'payment-required': again }, body: '{}' };
}
