import { Fault } from '../../fault.ts';
import type { Challenge } from '../../interception/challenge.ts';
import { askersOf } from '../../interception/parties.ts';
import { MOST_BACKUP, type PageInput } from '../../messages/contract.ts';
import type { PageHandlers } from '../../messages/router.ts';
import type { PurseView } from '../../messages/views.ts';
import { parseAddress } from '../../nano/account.ts';
import { parseRaw, type Raw } from '../../nano/amount.ts';
import { deriveKeys, newWords, readSeedHex, readWords, type Seed } from '../../nano/seed.ts';
import type { PaymentId } from '../../payment-id.ts';
import {
  type ApprovalQueue,
  nameOf,
  type Question,
  type UserDecision,
} from '../../payments/approval-queue.ts';
import type { Delivery } from '../../payments/delivery.ts';
import type { Payment } from '../../payments/payment.ts';
import { isWhole, siteOnDisk } from '../../payments/private-record.ts';
import type { Recall } from '../../payments/recall.ts';
import type { TestSpending } from '../../payments/test-spending.ts';
import type { BudgetChange } from '../../policy/budget.ts';
import { type Day, isDay } from '../../policy/spending-windows.ts';
import { defaultPreference } from '../../protocol/mechanisms/index.ts';
import type { Mechanism } from '../../protocol/offer/offer.ts';
import { type Site, siteOf } from '../../site.ts';
import { type Activity, countSmallReceives, readActivity } from '../../storage/activity.ts';
import { readBackup, writeBackup } from '../../storage/backup/file.ts';
import type { StoredBudgets } from '../../storage/budgets.ts';
import type { StoredChains } from '../../storage/chains.ts';
import type { StoredJournal } from '../../storage/journal.ts';
import type { StoredLog } from '../../storage/log.ts';
import type { Database, Place } from '../../storage/schema.ts';
import type { StoredSettings } from '../../storage/settings.ts';
import { firstRecord, generationOver } from '../../vault/seed-copies.ts';
import type { Vault } from '../../vault/vault.ts';
import type { HandedOverBlock } from '../../wallet/own-block.ts';
import type { PocketPlan, Wallet } from '../../wallet/wallet.ts';
import type { OpenWallets } from '../open-wallets.ts';
import type { Sandbox } from '../sandbox.ts';
import {
  activityView,
  approvalView,
  budgetView,
  capView,
  faultView,
  networkView,
  seedView,
  waitingView,
} from '../views/index.ts';
import type { Work } from '../work.ts';
import { type ExchangeAnswerParts, exchangeAnswers } from './exchange.ts';
import { sandboxAnswers } from './sandbox.ts';
import { testerAnswers } from './tester.ts';
import { workAnswers } from './work.ts';

export interface AnswerParts {
  readonly vault: Vault;
  readonly openWallets: OpenWallets;
  readonly settings: StoredSettings;
  readonly budgets: StoredBudgets;
  readonly journal: StoredJournal;
  readonly log: StoredLog;
  readonly work: Work;
  readonly database: Database;
  readonly approvals: ApprovalQueue;
  readonly delivery: Delivery;
  readonly recall: Recall;
  readonly testSpending: TestSpending;
  readonly chains: StoredChains;
  readonly sandbox: Sandbox;
  readonly now: () => number;
  /** The purse has been opened, or is another one: starts it and carries on what waited for it. */
  readonly opened: () => Promise<void>;
  /** Locks the vault and leaves nothing of the session behind. */
  readonly lock: () => Promise<void>;
  readonly changed: () => void;
  /** Opens what a payment paid for, so that its proof is delivered when it meets its 402 again. */
  readonly visit: (payment: Payment) => Promise<void>;
  readonly exchange: ExchangeAnswerParts;
  /** What is paid and waits for its page to be loaded again, and how that is done. */
  readonly toLoad: () => readonly Challenge[];
  readonly loadPage: (challenge: Challenge) => Promise<void>;
  /** Takes back what nothing waits for any more: no event tells of an element that was removed. */
  readonly lookAfter: () => void;
}

/** What the background does for each question of the extension's own pages. */
export function pageAnswers(parts: AnswerParts): PageHandlers {
  const { vault, openWallets, settings, budgets, journal, log, database, approvals, delivery, now } = parts;
  const { recall, chains, opened, lock, changed, visit, toLoad, loadPage, lookAfter } = parts;

  /** A password that was wrong makes every open page wait, not only the one where it was typed. */
  const withPassword = <T>(work: Promise<T>): Promise<T> => work.finally(changed);

  const state = async (): Promise<PurseView> => {
    if (!(await vault.exists())) return { kind: 'empty' };
    const waiting = approvals.list().length;
    // What people are shown is looked up, and not only believed.
    const lockAt = await vault.deadline();
    const wallet = await openWallets.current();
    if (wallet === null) {
      const { id, label, testMoney } = await settings.network();
      const network = { id, label, testMoney };
      const seed = seedView(await vault.copies());
      return { kind: 'locked', seed, retryAt: await vault.retryAt(), network, waiting };
    }
    return {
      kind: 'open',
      account: wallet.account,
      balance: wallet.balance?.toString() ?? null,
      incoming: wallet.incoming.toString(),
      network: networkView(wallet.network),
      trouble: faultView(wallet.trouble),
      seedCopyFault: (await vault.copyFault())?.key ?? null,
      chequeOut: waitingView((await chains.handedOver()).find(isOf(wallet))?.cheque ?? null),
      work: await wallet.readiness(),
      paused: await settings.read('paused'),
      lockAt,
      waiting,
    };
  };

  return {
    'purse.state': state,
    'purse.refresh': async () => {
      await (await openWallets.current())?.retry();
      return null;
    },
    'purse.touch': async () => {
      await vault.touch();
      return null;
    },
    'purse.pause': async ({ paused }) => {
      await settings.write('paused', paused);
      changed();
      return null;
    },

    'vault.newWords': async () => ({ words: newWords() }),
    'vault.preview': async ({ text }) => {
      const first = (seed: Seed) => deriveKeys(seed, 0).address;
      if (!/\s/.test(text.trim())) return { kind: 'seed', address: first(readSeedHex(text)) };
      const { bip44, legacy } = readWords(text);
      return { kind: 'words', bip44Address: first(bip44), legacyAddress: first(legacy) };
    },
    'vault.create': async ({ secret, password }) => {
      await vault.create(secret, password);
      await opened();
      return null;
    },
    'vault.unlock': async ({ password, which }) => {
      await withPassword(vault.unlock(password, which));
      await opened();
      return null;
    },
    'vault.lock': async () => {
      await lock();
      return null;
    },
    'vault.reveal': ({ password }) => withPassword(vault.reveal(password)),

    'backup.save': async ({ password, filePassword }) => {
      const file = await writeBackup(database, await withPassword(vault.reveal(password)), filePassword);
      if (file.length > MOST_BACKUP) throw new Fault('fault_backupFailed');
      return { file };
    },
    'backup.restore': async ({ file, password }) => {
      // Before the file is opened, which takes a while.
      generationOver(await vault.copies());
      const { source, write } = await readBackup(file, password);
      await vault.restore(source, password, (copy) => write(database, firstRecord(copy)));
      await vault.setAutoLock(await settings.read('autoLockMinutes'));
      await opened();
      return null;
    },

    'settings.read': async () => ({
      cap: capView(await budgets.overall((await settings.network()).id, now())),
      autoLockMinutes: await settings.read('autoLockMinutes'),
      representative: await settings.read('representative'),
      blockedSites: await budgets.blocked(),
      blockTakers: await budgets.handOverSites(),
      preference: preferred(await settings.read('preference')),
      float: floatView(await settings.read('float')),
      leastReceived: (await settings.read('leastReceived')).toString(),
      networks: (await settings.networks()).map(networkView),
      activeNetwork: (await settings.network()).id,
    }),
    'settings.autoLock': async ({ minutes }) => {
      await settings.write('autoLockMinutes', minutes);
      await vault.setAutoLock(minutes);
      changed();
      return null;
    },
    'settings.representative': async ({ account }) => {
      const representative = parseAddress(account);
      await (await openWallets.opened()).changeRepresentative(representative);
      await settings.write('representative', representative);
      await openWallets.close();
      await opened();
      return null;
    },
    'settings.cap': async ({ perDay, perMonth }) => {
      await settings.write('cap', { perDay: limitOf(perDay), perMonth: limitOf(perMonth) });
      changed();
      return null;
    },
    'settings.unblock': async ({ site }) => {
      await budgets.unblock(siteOf(site));
      changed();
      return null;
    },
    'settings.blockTaker': async ({ site, allowed }) => {
      await budgets.setHandOverSite(siteOf(site), allowed);
      changed();
      return null;
    },
    'settings.float': async ({ accounts, each }) => {
      await settings.write('float', { accounts, each: parseRaw(each) });
      await openWallets.close();
      await opened();
      return null;
    },
    'settings.leastReceived': async ({ amount }) => {
      await settings.write('leastReceived', parseRaw(amount));
      await openWallets.close();
      await opened();
      return null;
    },
    'settings.preference': async ({ order }) => {
      await settings.write(
        'preference',
        preferred([])
          .filter((way) => order.includes(way))
          .sort((a, b) => order.indexOf(a) - order.indexOf(b)),
      );
      changed();
      return null;
    },

    'network.use': async ({ id }) => {
      await settings.useNetwork(id);
      approvals.lapse(() => true);
      await openWallets.close();
      await opened();
      return null;
    },
    'network.save': async ({ profile }) => {
      await settings.saveNetwork(profile);
      await openWallets.close();
      await opened();
      return null;
    },
    'network.remove': async ({ id }) => {
      await settings.removeNetwork(id);
      await openWallets.close();
      await opened();
      return null;
    },

    'approval.waiting': async () => {
      const networks = await settings.networks();
      return approvals.list().map((question) => ({
        id: nameOf(question),
        site: question.site,
        amount: question.offer.amount.toString(),
        testMoney: networks.find(({ id }) => id === question.offer.network)?.testMoney ?? false,
      }));
    },
    'approval.list': async () => {
      lookAfter();
      const networks = await settings.networks();
      return Promise.all(
        approvals.list().map(async (question) => {
          const at = now();
          // The question's own, whatever its tab or the purse has been put on since.
          const network = networks.find(({ id }) => id === question.offer.network);
          if (network === undefined) throw new Fault('fault_unknownNetwork');
          const wallet = await openWallets.on(network);
          const work = (await wallet?.readiness()) ?? 'none';
          const { allowance } = await budgets.rulesFor(network.id, question.site, at);
          const isKnownPayee = await journal.hasPaid(network.id, question.offer.payTo);
          const holder = (await wallet?.handedOver()) ?? null;
          return approvalView(question, { network, allowance, now: at, wallet, holder, isKnownPayee, work });
        }),
      );
    },
    'approval.answer': async ({ id, answer }) => {
      const pays = answer.kind === 'once' || answer.kind === 'budget';
      if (pays) await openWallets.opened();
      const named = () => approvals.list().find((one) => nameOf(one) === id);
      let question = named();
      if (question === undefined) throw new Fault('fault_approvalGone');
      // An answer that would pay for nothing says so. Any request that still waits may have what the user pays for.
      while (pays && !(await parts.exchange.waits(question.challenge))) {
        approvals.withdraw(question.challenge.id);
        question = named();
        if (question === undefined) throw new Fault('fault_requestGone');
      }
      approvals.answer(question.id, answerOf(answer, question));
      return null;
    },

    'budget.list': async () => {
      const { id } = await settings.network();
      const at = now();
      const views = (await budgets.list(id)).map(async ({ site }) =>
        budgetView((await budgets.rulesFor(id, site, at)).allowance, at),
      );
      return (await Promise.all(views)).filter((view) => view !== null);
    },
    'budget.save': async ({ site, ...change }) => {
      await budgets.change((await settings.network()).id, siteOf(site), changeOf(change));
      changed();
      return null;
    },
    'budget.remove': async ({ site }) => {
      await budgets.remove((await settings.network()).id, siteOf(site));
      changed();
      return null;
    },

    'activity.page': async ({ before, limit, range }) => {
      const place = before === null ? null : placeOf(before);
      const { items, next } = await readActivity(database, place, limit, range);
      const out = new Set((await chains.handedOver()).map(({ hash }) => hash));
      /** What a private window paid for can be delivered again while the browser runs. */
      const whole = async (item: Activity): Promise<Activity> => {
        if (item.kind !== 'payment' || isWhole(item.payment)) return item;
        return { ...item, payment: (await journal.find(item.payment.intent.id)) ?? item.payment };
      };
      return {
        items: (await Promise.all(items.map(whole))).map((item) => activityView(item, out)),
        next: next === null ? null : next.join(' '),
      };
    },
    'activity.small': () => countSmallReceives(database),
    'page.toLoad': async () => toLoad().map(({ id, url }) => ({ id, url, site: siteOf(url) })),
    'page.load': async ({ id }) => {
      const challenge = toLoad().find((one) => one.id === id);
      if (challenge === undefined) throw new Fault('fault_paymentOver');
      await loadPage(challenge);
      return null;
    },
    'payment.deliver': async ({ id }) => {
      await visit(await delivery.requestRedelivery(id as PaymentId));
      return null;
    },

    'payment.revoke': async ({ id }) => {
      const { intent, progress } = await recall.recall(id as PaymentId).finally(changed);
      if (progress.state !== 'revoked') throw chequeCashed(siteOnDisk(intent));
      return null;
    },

    'money.send': async ({ to, amount }) => {
      const wallet = await openWallets.opened();
      const sum = amount === 'everything' ? amount : parseRaw(amount);
      return { blockHash: await wallet.send(parseAddress(to), sum) };
    },

    'log.list': () => log.list(),
    ...sandboxAnswers({ sandbox: parts.sandbox, settings, openWallets, approvals, now, changed }),
    ...exchangeAnswers(parts.exchange),
    ...testerAnswers({ testSpending: parts.testSpending, settings, changed }),
    ...workAnswers({ work: parts.work, settings, changed }),
  };
}

/** What a page changes of a budget. @throws Fault `fault_badMessage`, `fault_badAmount`, `fault_badSite` */
function changeOf(input: Omit<PageInput<'budget.save'>, 'site'>): BudgetChange {
  const { perPayment, perHour, perDay, perMonth, total, term, initiators, ...rest } = input;
  return {
    ...rest,
    ...(perPayment !== undefined && { perPayment: limitOf(perPayment) }),
    ...(perHour !== undefined && { perHour: limitOf(perHour) }),
    ...(perDay !== undefined && { perDay: limitOf(perDay) }),
    ...(perMonth !== undefined && { perMonth: limitOf(perMonth) }),
    ...(total !== undefined && { total: limitOf(total) }),
    ...(term !== undefined && { term: term && { ...term, until: readDay(term.until) } }),
    ...(initiators !== undefined && { initiators: [...new Set(initiators.map(readSite))] }),
  };
}

const limitOf = (text: string | null): Raw | null => (text === null ? null : parseRaw(text));

function readDay(text: string): Day {
  if (!isDay(text)) throw new Fault('fault_badMessage');
  return text;
}

/** The site that a person names: its address, with or without `https://`. @throws Fault `fault_badSite` */
function readSite(text: string): Site {
  const url = text.includes('://') ? text.trim() : `https://${text.trim()}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Fault('fault_badSite', [text]);
  return siteOf(url);
}

function answerOf(
  answer: PageInput<'approval.answer'>['answer'],
  { site, challenge }: Question,
): UserDecision {
  switch (answer.kind) {
    case 'budget':
      return { kind: 'budget', perPayment: parseRaw(answer.perPayment), perDay: parseRaw(answer.perDay) };
    case 'never': {
      const named = [...askersOf(challenge, site).map(siteOf), site];
      const blocked = named.find((one) => answer.site === undefined || one === answer.site);
      if (blocked === undefined) throw new Fault('fault_badMessage');
      return { kind: 'never', site: blocked };
    }
    default:
      return answer;
  }
}

const floatView = ({ accounts, each }: PocketPlan) => ({ accounts, each: each.toString() });

const chequeCashed = (site: Site | null): Fault =>
  site === null ? new Fault('fault_chequeCashedPrivate') : new Fault('fault_chequeCashed', [site]);

const isOf =
  (wallet: Wallet) =>
  ({ network, account }: HandedOverBlock): boolean =>
    network === wallet.network.id && wallet.of(account) !== undefined;

/** Every way to pay: those that the user put in order, and then the others. */
function preferred(order: readonly Mechanism[]): readonly Mechanism[] {
  return [...new Set([...order, ...defaultPreference])];
}

/** Reads where a page of the activity begins, as it was given out. @throws Fault `fault_badMessage` */
function placeOf(text: string): Place {
  const [, at, id] = /^(-?\d{1,16}) (\S{1,128})$/.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new Fault('fault_badMessage');
  return [Number(at), id];
}
