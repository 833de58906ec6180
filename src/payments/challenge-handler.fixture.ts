/** The setup that the tests of the challenge handler share. `setUp` assigns the exported variables. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { Challenge } from '../interception/challenge.ts';
import { type Account, accountWith } from '../wallet/account.fixture.ts';
import type { UserDecision } from './approval-queue.ts';
import { Browser } from './browser.fixture.ts';
import type { PayerContext } from './challenge-handler-ports.ts';
import type { Payment } from './payment.ts';
import { wholeOf } from './private-record.ts';
import { startWorker, type TestWorker, type WorkerOptions } from './worker.fixture.ts';

/** One XNO (raw). */
export const XNO = 10n ** 30n;

export let devnet: Devnet;
export let merchant: Merchant;
export let account: Account;
export let browser: Browser;
export let worker: TestWorker;

/** Starts a devnet and a merchant for the file; before each test, an account with 1 XNO, a browser and a worker. */
export function setUp(): void {
  beforeAll(async () => {
    devnet = await startDevnet({ confirmationDelayMs: 5 });
    merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 300, intervalMs: 5 } });
  });
  afterAll(async () => {
    await merchant?.close();
    await devnet?.close();
  });
  beforeEach(async () => {
    devnet.faults.clear();
    account = await accountWith(devnet, XNO);
    browser = new Browser();
    worker = startWorker(account, browser);
  });
}

/** Starts another worker over the same account and browser. */
export function restart(options: WorkerOptions): TestWorker {
  worker = startWorker(account, browser, options);
  return worker;
}

/** A URL of the merchant that no other test asks for. */
export const page = (path = '/article', query = ''): string =>
  `${merchant.origin}${path}?visit=${crypto.randomUUID()}${query}`;

/** What a request of a script on the merchant's own page says of itself. */
export const script = () =>
  ({ kind: 'xmlhttprequest', documentId: 'document', initiator: merchant.origin }) as const;

/** Every payment in the journal. */
export const payments = async (): Promise<readonly Payment[]> =>
  (await account.database.getAll('payments')).map(({ payment }) => wholeOf(payment));

export const states = async () => (await payments()).map(({ progress }) => progress.state);

/** The status of the answer that a challenge's request got in the end. */
export const statusOf = ({ id }: { readonly id: string }) => browser.answers.get(id)?.status;

export const contextWith = (parts: Partial<PayerContext>): PayerContext => ({
  network: { id: account.network.id, testMoney: true },
  paused: false,
  hasPocket: false,
  preference: [],
  manualSites: [],
  ...parts,
});

/** Handles a challenge until its end, and answers the question about it. */
export async function handleAndAnswer(challenge: Challenge, answer: UserDecision): Promise<void> {
  const handled = worker.challengeHandler.handle(challenge);
  await expect.poll(() => worker.approvals.list().map(({ id }) => id)).toContain(challenge.id);
  worker.approvals.answer(challenge.id, answer);
  await handled;
}

type Header = {
  accepts: {
    payTo: string;
    amount: string;
    maxTimeoutSeconds: number;
    extra: { nanoSession: { expiresAt?: string; resourceAmountRaw: string; tagAmountRaw: string } };
  }[];
};

/** The header with a change in each of its entries. */
function rewritten(header: string, change: (entry: Header['accepts'][number]) => void): string {
  const envelope: Header = JSON.parse(Buffer.from(header, 'base64').toString());
  for (const entry of envelope.accepts) change(entry);
  return Buffer.from(JSON.stringify(envelope)).toString('base64');
}

/** The header with another payee. */
export const withPayee = (header: string, payTo: string): string =>
  rewritten(header, (entry) => {
    entry.payTo = payTo;
  });

/** The header with another tag (raw), and the same price beside it. */
export const withTag = (header: string, tag: bigint): string =>
  rewritten(header, (entry) => {
    const { nanoSession } = entry.extra;
    nanoSession.tagAmountRaw = `${tag}`;
    entry.amount = `${BigInt(nanoSession.resourceAmountRaw) + tag}`;
  });

/** The header with an offer that expires in so many seconds. */
export const withLife = (header: string, seconds: number): string =>
  rewritten(header, (entry) => {
    entry.maxTimeoutSeconds = seconds;
    delete entry.extra.nanoSession.expiresAt;
  });
