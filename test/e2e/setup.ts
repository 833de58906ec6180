import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { PaymentView } from '../../src/messages/payment.ts';
import { readAddress, toAddress } from '../devnet/address.ts';
import { signBlock } from '../devnet/block.ts';
import { accountOf, privateKeyAt } from '../devnet/crypto.ts';
import { type Devnet, type DevnetOptions, startDevnet } from '../devnet/devnet.ts';
import { readHex32, ZERO } from '../devnet/hex.ts';
import type { Entry } from '../devnet/ledger.ts';
import { type Merchant, type MerchantOptions, startMerchant } from '../merchant/merchant.ts';
import { launchPurse, type PurseOptions, type TestPurse } from './purse.ts';

export const XNO = 10n ** 30n;
/** What a visit to the merchant costs unless its query says otherwise (raw, without a session's tag). */
export const PRICE = 10n ** 28n;
/** A session's tag stays below this (raw). */
export const TAG = 10n ** 7n;

export interface TestBedOptions {
  readonly devnet?: DevnetOptions;
  readonly merchant?: Omit<MerchantOptions, 'network'>;
  readonly purse?: Omit<PurseOptions, 'network'>;
  /** The line on which the purse reaches the devnet; straight by default. */
  readonly line?: (devnet: Devnet) => Promise<Pick<Devnet['profile'], 'rpcUrls' | 'wsUrl'>>;
  /** Whether the merchant's account has a block, as that of a shop with customers has; true by default. */
  readonly isMerchantOpened?: boolean;
  /** Whether the purse is told that its money has no value; true by default. Else it derives the keys of real money. */
  readonly testMoney?: boolean;
  /** What the purse holds at the start (raw); 10 XNO by default. */
  readonly funds?: bigint;
}

/** A moment in the three records, to tell what came after it. */
export interface Mark {
  readonly journal: number;
  readonly merchant: number;
  readonly ledger: number;
}

/** A browser with a funded purse, a merchant and the network that they share. */
export interface TestBed {
  readonly devnet: Devnet;
  readonly merchant: Merchant;
  readonly purse: TestPurse;
  /** A URL of the merchant's. */
  at(path: string, query?: Readonly<Record<string, string>>): string;
  /** The sends of the purse as they stand on the ledger, oldest first. */
  sends(): readonly Entry[];
  mark(): Promise<Mark>;
  /**
   * What was paid since a mark: the journal, the merchant's records and the ledger must agree on it, payment by payment,
   * in block, amount and payee.
   */
  paidSince(mark: Mark): Promise<readonly PaymentView[]>;
  /** Nothing was paid since the mark, in any of the three records. */
  nothingSince(mark: Mark): Promise<void>;
  close(): Promise<void>;
}

/** Starts devnet, merchant and browser. The purse has its money and the work for its first payment. */
export async function openTestBed(options: TestBedOptions = {}): Promise<TestBed> {
  const { funds = 10n * XNO, isMerchantOpened = true } = options;
  const seed = randomBytes(32).toString('hex');
  const devnet = await startDevnet({ confirmationDelayMs: 50, ...options.devnet });
  const merchant = await startMerchant({ network: devnet.profile, seed, ...options.merchant });
  if (isMerchantOpened) await openAccountOf(devnet, seed, 1n);
  const closeServers = async () => {
    await merchant.close();
    await devnet.close();
  };
  const purse = await openPurse(devnet, options, funds).catch(async (failure: unknown) => {
    await closeServers();
    throw failure;
  });

  const key = readAddress(purse.account);
  const sends = () =>
    key === undefined ? [] : devnet.ledger.chain(key).filter(({ subtype }) => subtype === 'send');

  return {
    devnet,
    merchant,
    purse,
    at(path, query = {}) {
      const url = new URL(path, merchant.origin);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.href;
    },
    sends,
    async mark() {
      const journal = (await purse.payments()).length;
      return { journal, merchant: merchant.books().payments.length, ledger: sends().length };
    },
    async paidSince(mark) {
      // A payment whose page took its request back before there was a block was given back, and is in no other book.
      const isGivenBack = ({ state, blockHash }: PaymentView) => state === 'abandoned' && blockHash === null;
      const journal = (await purse.payments()).slice(mark.journal).filter((one) => !isGivenBack(one));
      const records = merchant.books().payments.slice(mark.merchant);
      const ledger = sends().slice(mark.ledger);
      const inOrder = (lines: readonly (readonly (string | null)[])[]) => lines.toSorted().map(String);
      const inJournal = inOrder(journal.map(({ blockHash, amount, payTo }) => [blockHash, amount, payTo]));
      expect(inOrder(records.map(({ hash, amountRaw, payTo }) => [hash, amountRaw, payTo]))).toEqual(
        inJournal,
      );
      expect(
        inOrder(ledger.map(({ hash, amount, block }) => [hash, String(amount), toAddress(block.link)])),
      ).toEqual(inJournal);
      return journal;
    },
    async nothingSince(mark) {
      expect(sends().slice(mark.ledger)).toEqual([]);
      expect(merchant.books().payments.slice(mark.merchant)).toEqual([]);
      expect((await purse.payments()).slice(mark.journal)).toEqual([]);
    },
    async close() {
      await purse.close();
      await closeServers();
    },
  };
}

/** Has the first account of a legacy seed receive its first money (raw). */
export async function openAccountOf(devnet: Devnet, seed: string, raw: bigint): Promise<void> {
  const privateKey = privateKeyAt(seed, 0);
  const account = accountOf(privateKey);
  const link = readHex32(await devnet.faucet(toAddress(account), raw));
  if (link === undefined) throw new Error('a hash has 64 hex digits');
  await devnet.confirmed(link);
  const block = { account, previous: ZERO, representative: account, balance: raw, link };
  const outcome = devnet.ledger.process(signBlock(block, privateKey, 0n), { trusted: true });
  if (!outcome.accepted) throw new Error(outcome.error);
  devnet.elections.start(outcome.entry);
  await devnet.confirmed(outcome.entry.hash);
}

async function openPurse(devnet: Devnet, options: TestBedOptions, funds: bigint): Promise<TestPurse> {
  const { testMoney = true } = options;
  const line = await options.line?.(devnet);
  // Chromium loads a page whose answer was lost again by itself, which pays for nothing but comes at no test's moment.
  const extraArgs = ['--disable-auto-reload', ...(options.purse?.extraArgs ?? [])];
  const network = { ...devnet.profile, ...line, testMoney };
  const purse = await launchPurse({ ...options.purse, extraArgs, network });
  try {
    if (funds > 0n && purse.account !== '') await fund(devnet, purse, funds);
    return purse;
  } catch (failure) {
    await purse.close();
    throw failure;
  }
}

/** Gives the purse money and waits until it has taken it in and is ready to pay. */
export async function fund(devnet: Devnet, purse: TestPurse, raw: bigint): Promise<void> {
  const before = await purse.ask('purse.state', {});
  const held = before.kind === 'open' ? BigInt(before.balance ?? 0) : 0n;
  await devnet.faucet(purse.account, raw);
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && BigInt(state.balance ?? 0) === held + raw && state.work === 'ready',
  );
}
