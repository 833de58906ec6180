import * as v from 'valibot';
import type { UrlAgain } from './bridge.ts';
import type { ExchangeStory, ExchangeView, ReplayView } from './exchange-views.ts';
import type {
  ActivityView,
  ApprovalView,
  BudgetView,
  LogLineView,
  PurseView,
  RevealedSecret,
  SandboxView,
  SecretPreview,
  SettingsView,
  SignedBlockView,
  SmallReceivesView,
  ToLoadView,
  WaitingView,
  WorkProgressView,
  WorkView,
} from './views.ts';

const nothing = v.strictObject({});
const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const raw = v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]{0,38})$/));
const limit = v.nullable(raw);
const site = text(512);
const tab = v.pipe(v.number(), v.integer(), v.minValue(0));
const password = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const secret = v.variant('kind', [
  v.strictObject({ kind: v.literal('words'), words: text(512), reading: v.picklist(['bip44', 'legacy']) }),
  v.strictObject({ kind: v.literal('seed'), hex: text(128) }),
]);
const profile = v.strictObject({
  id: text(64),
  label: text(64),
  rpcUrls: v.pipe(v.array(text(512)), v.maxLength(16)),
  wsUrl: v.nullable(text(512)),
  thresholds: v.strictObject({ send: text(16), receive: text(16) }),
  testMoney: v.boolean(),
  representative: text(80),
  explorerUrl: v.nullable(text(512)),
});
/** What is left out stays as it is; in a new budget it is not limited, not allowed. */
const budget = {
  perPayment: v.exactOptional(limit),
  perHour: v.exactOptional(limit),
  perDay: v.exactOptional(limit),
  perMonth: v.exactOptional(limit),
  total: v.exactOptional(limit),
  term: v.exactOptional(
    v.nullable(
      v.strictObject({
        until: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)),
        renews: v.picklist(['never', 'week', 'month']),
      }),
    ),
  ),
  pinned: v.exactOptional(v.boolean()),
  priceRise: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))),
  initiators: v.exactOptional(v.pipe(v.array(site), v.maxLength(32))),
  paused: v.exactOptional(v.boolean()),
};
/** One run of tests, as it was named when it began. */
const run = text(64);
const hash = v.pipe(v.string(), v.regex(/^[0-9A-F]{64}$/));
const order = { run, to: text(80), amount: raw };
/**
 * All that may be signed for a proof by hand: a block hash with a URL (docs/WIRE.md §3.5), or with a nonce and a time
 * (docs/WIRE.md §3.8). Neither can be taken for anything else.
 */
const message = v.variant('kind', [
  v.strictObject({
    kind: v.literal('plain'),
    text: v.pipe(text(4096), v.regex(/^[0-9a-fA-F]{64}https?:\/\//)),
  }),
  v.strictObject({
    kind: v.literal('noms'),
    text: v.pipe(text(256), v.regex(/^[0-9a-fA-F]{64}:[0-9a-f]{64}:[0-9]{1,11}$/)),
  }),
]);
/** The longest backup that one message of the browser can carry (characters). */
export const MOST_BACKUP = 60 * 2 ** 20;
const answer = v.variant('kind', [
  v.strictObject({ kind: v.literal('once') }),
  v.strictObject({ kind: v.literal('budget'), perPayment: raw, perDay: raw }),
  v.strictObject({ kind: v.literal('decline') }),
  /** The site that is to be blocked: who is paid, or had it asked; left out, the latter where it is another site. */
  v.strictObject({ kind: v.literal('never'), site: v.exactOptional(site) }),
]);

/** What an extension page may ask of the background. Trust tier: pages of this extension only. */
export const pageRequests = {
  'purse.state': nothing,
  'purse.refresh': nothing,
  'purse.touch': nothing,
  'purse.pause': v.strictObject({ paused: v.boolean() }),
  'vault.newWords': nothing,
  'vault.preview': v.strictObject({ text: text(512) }),
  'vault.create': v.strictObject({ secret, password }),
  'vault.unlock': v.strictObject({ password, which: v.exactOptional(v.picklist(['first', 'second'])) }),
  'vault.lock': nothing,
  'vault.reveal': v.strictObject({ password }),
  'backup.save': v.strictObject({ password, filePassword: password }),
  'backup.restore': v.strictObject({ file: text(MOST_BACKUP), password }),
  'settings.read': nothing,
  'settings.autoLock': v.strictObject({
    minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440)),
  }),
  'settings.representative': v.strictObject({ account: text(80) }),
  'settings.cap': v.strictObject({ perDay: limit, perMonth: limit }),
  'settings.unblock': v.strictObject({ site }),
  'settings.blockTaker': v.strictObject({ site, allowed: v.boolean() }),
  'settings.preference': v.strictObject({ order: v.pipe(v.array(text(32)), v.maxLength(16)) }),
  'settings.float': v.strictObject({
    accounts: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)),
    each: raw,
  }),
  'settings.leastReceived': v.strictObject({ amount: raw }),
  'network.use': v.strictObject({ id: text(64) }),
  'network.save': v.strictObject({ profile }),
  'network.remove': v.strictObject({ id: text(64) }),
  'sandbox.read': nothing,
  'sandbox.enter': v.strictObject({ tab, network: text(64) }),
  'sandbox.leave': v.strictObject({ tab }),
  'sandbox.faucet': v.strictObject({ network: text(64) }),
  'approval.waiting': nothing,
  'approval.list': nothing,
  'approval.answer': v.strictObject({ id: text(128), answer }),
  'budget.list': nothing,
  'budget.save': v.strictObject({ site, ...budget }),
  'budget.remove': v.strictObject({ site }),
  'activity.page': v.strictObject({
    before: v.nullable(text(160)),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
    /** All of it, where nothing is said; or without the small receives; or these alone. */
    range: v.exactOptional(v.picklist(['all', 'main', 'small'])),
  }),
  'activity.small': nothing,
  'page.toLoad': nothing,
  'page.load': v.strictObject({ id: text(128) }),
  'payment.deliver': v.strictObject({ id: text(128) }),
  'payment.revoke': v.strictObject({ id: text(128) }),
  'money.send': v.strictObject({ to: text(80), amount: v.union([raw, v.literal('everything')]) }),
  'log.list': nothing,
  'exchange.list': v.strictObject({ tabId: tab }),
  'exchange.read': v.strictObject({ id: text(128) }),
  'exchange.replay': v.strictObject({ id: text(128) }),
  'exchange.clear': v.strictObject({ tabId: tab }),
  'tester.servers': nothing,
  'tester.claim': v.strictObject({ site, own: v.boolean() }),
  'tester.begin': v.strictObject({ url: text(2048), limit: raw, probing: v.boolean() }),
  'tester.pay': v.strictObject(order),
  'tester.confirmed': v.strictObject({ run, hash }),
  'tester.standing': v.strictObject({ run, hash }),
  'tester.sign': v.strictObject({ run, message }),
  'tester.cheque': v.strictObject({ ...order, kept: v.boolean() }),
  'tester.takeBack': v.strictObject({ run, id: text(128) }),
  'work.read': nothing,
  'work.progress': nothing,
  'work.rules': v.strictObject({
    workers: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
    ahead: v.picklist(['always', 'battery', 'plugged', 'never']),
    servers: v.pipe(v.array(text(512)), v.maxLength(16)),
  }),
  'work.test': nothing,
} as const;

/** What the background answers, question by question. */
export interface PageResponses {
  'purse.state': PurseView;
  'purse.refresh': null;
  'purse.touch': null;
  'purse.pause': null;
  'vault.newWords': { readonly words: string };
  'vault.preview': SecretPreview;
  'vault.create': null;
  'vault.unlock': null;
  'vault.lock': null;
  'vault.reveal': RevealedSecret;
  /** The whole purse, as the text of a file under its own password. */
  'backup.save': { readonly file: string };
  'backup.restore': null;
  'settings.read': SettingsView;
  'settings.autoLock': null;
  'settings.representative': null;
  'settings.cap': null;
  'settings.unblock': null;
  'settings.blockTaker': null;
  'settings.preference': null;
  'settings.float': null;
  'settings.leastReceived': null;
  'network.use': null;
  'network.save': null;
  'network.remove': null;
  'sandbox.read': SandboxView;
  'sandbox.enter': null;
  'sandbox.leave': null;
  'sandbox.faucet': null;
  /** What waits for the user, as a locked purse may show it; oldest first. */
  'approval.waiting': readonly WaitingView[];
  'approval.list': readonly ApprovalView[];
  'approval.answer': null;
  'budget.list': readonly BudgetView[];
  'budget.save': null;
  'budget.remove': null;
  /** What is not done, then the newest first, then small receives; `next` is the `before` of the following page, null at the end. */
  'activity.page': { readonly items: readonly ActivityView[]; readonly next: string | null };
  /** How many small payments were received, and when the newest was; null for none. */
  'activity.small': SmallReceivesView | null;
  /** What is paid and waits for the user to load its page again. */
  'page.toLoad': readonly ToLoadView[];
  'page.load': null;
  'payment.deliver': null;
  'payment.revoke': null;
  'money.send': { readonly blockHash: string };
  'log.list': readonly LogLineView[];
  /** What a tab asked for that cost money; oldest first. */
  'exchange.list': readonly ExchangeView[];
  'exchange.read': ExchangeStory;
  /** Sends the same proof to the same URL once more, and tells what came back. */
  'exchange.replay': ReplayView;
  'exchange.clear': null;
  /** The sites that the user called their own servers. */
  'tester.servers': readonly string[];
  'tester.claim': null;
  /** The account that pays. */
  'tester.begin': { readonly run: string; readonly account: string };
  'tester.pay': { readonly hash: string };
  'tester.confirmed': null;
  'tester.standing': 'unknown' | 'unconfirmed' | 'confirmed';
  'tester.sign': { readonly signature: string };
  /** The signed block, as nodes write it; nobody has published it. */
  'tester.cheque': { readonly id: string; readonly block: SignedBlockView };
  'tester.takeBack': 'takenBack' | 'cashed';
  'work.read': WorkView;
  /** Null while nothing is searched for. */
  'work.progress': WorkProgressView | null;
  'work.rules': null;
  'work.test': null;
}

/** What a content script may ask. Trust tier: the isolated script in a tab; it learns whether its request goes again, and under which fragment. */
export const bridgeRequests = {
  'request.held': v.strictObject({
    holdId: text(64),
    url: text(8192),
    method: text(32),
    /** The page has no way to take the request back. */
    steady: v.exactOptional(v.literal(true)),
  }),
  /** The page took a held request back. */
  'request.dropped': v.strictObject({ holdId: text(64) }),
  /** The document was left or frozen: it no longer waits for anything that it asked for. */
  'document.left': nothing,
} as const;

export interface BridgeResponses {
  'request.held': UrlAgain | 'release';
  'request.dropped': null;
  'document.left': null;
}

export type PageRequest = keyof PageResponses;
export type BridgeRequest = keyof BridgeResponses;

export type PageInput<Q extends PageRequest> = v.InferOutput<(typeof pageRequests)[Q]>;
export type BridgeInput<Q extends BridgeRequest> = v.InferOutput<(typeof bridgeRequests)[Q]>;

/** How a question and its answer travel. */
export interface RequestMessage {
  readonly ask: string;
  readonly input: unknown;
}
export type ResponseMessage =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: { readonly key: string; readonly args: readonly string[] } };

/** Told to every open page when what it shows may have changed; it carries nothing, pages ask again. */
export const CHANGED = 'purse.changed';
