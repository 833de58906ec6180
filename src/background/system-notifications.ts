import { SerialQueue } from '../concurrency.ts';
import type { Interception } from '../interception/interception.ts';
import type { PaymentId } from '../payment-id.ts';
import type { ApprovalQueue } from '../payments/approval-queue.ts';
import type { Journal } from '../payments/journal.ts';
import { siteOnDisk } from '../payments/private-record.ts';
import { askingSite, type Question } from '../payments/question.ts';
import { priceOf } from '../policy/decision.ts';
import type { StoredSettings } from '../storage/settings.ts';
import type { Vault } from '../vault/vault.ts';
import { type Attention, isPurseSeen } from './attention.ts';
import { lookedAt, nameOf, planOf, type Tellable, type ToldSite } from './notification-plan.ts';
import { spoken } from './spoken.ts';
import type { ToolbarButton } from './toolbar-button.ts';

/** Keeps what was told while the browser runs. */
export interface ToldStore {
  read(): Promise<readonly ToldSite[]>;
  write(told: readonly ToldSite[]): Promise<void>;
}

export interface SystemNotificationsPorts {
  readonly approvals: Pick<ApprovalQueue, 'list'>;
  readonly interception: Pick<Interception, 'waits'>;
  readonly attention: Pick<Attention, 'lookAt' | 'seen'>;
  readonly button: Pick<ToolbarButton, 'owed' | 'seen'>;
  readonly journal: Pick<Journal, 'find'>;
  readonly settings: Pick<StoredSettings, 'networks'>;
  readonly vault: Pick<Vault, 'isUnlocked'>;
  readonly store: ToldStore;
  readonly notifyPages: () => void;
  readonly now: () => number;
}

const POPUP = 'src/pages/popup/index.html';

/**
 * The notifications of the system: of questions that wait unseen, and of payments that bought nothing. They are on exactly while
 * the user has granted the optional permission `notifications`. `notification-plan.ts` decides which are shown; of private
 * windows none is (invariant 12).
 */
export class SystemNotifications {
  readonly #ports: SystemNotificationsPorts;
  readonly #queue = new SerialQueue();
  /** The requests that were asked about in this life of the worker, of those that were told. */
  #asked: ReadonlySet<string> = new Set();
  #isDue = false;

  constructor(ports: SystemNotificationsPorts) {
    this.#ports = ports;
  }

  isOn(): Promise<boolean> {
    return chrome.permissions.contains({ permissions: ['notifications'] });
  }

  /** Shows and clears what is due. To be called whenever something that a notification tells may have changed. */
  update(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#queue
      .run(() => {
        this.#isDue = false;
        return this.#show();
      })
      .catch(console.error);
  }

  /** The permission was granted, or taken away. */
  switched(): void {
    this.#ports.notifyPages();
    this.update();
  }

  /** Clears all, and gives the permission back. */
  stop(): Promise<void> {
    return this.#queue.run(async () => {
      if (!(await this.isOn())) return;
      for (const name of await shownNames()) await chrome.notifications.clear(name);
      await this.#ports.store.write([]);
      await chrome.permissions.remove({ permissions: ['notifications'] });
    });
  }

  /** The user has answered a question: what its site asks next is told again. */
  answered(question: Question): Promise<void> {
    return this.#looked(nameOf({ kind: 'question', from: askingSite(question) }));
  }

  /** The user has clicked a notification: shows the tab with its question, or the payment in the activity. */
  async clicked(name: string): Promise<void> {
    const { approvals, attention, button } = this.#ports;
    await chrome.notifications.clear(name);
    await this.#looked(name);
    const isMeant = (one: Tellable | null) => one !== null && nameOf(one) === name;
    const question = approvals.list().find((one) => isMeant(tellableOf(one, () => false, true)));
    if (question !== undefined) {
      const { tabId } = question.challenge;
      const tab = await chrome.tabs.update(tabId, { active: true });
      if (tab !== undefined) await chrome.windows.update(tab.windowId, { focused: true });
      return attention.lookAt(tabId);
    }
    const owed = (await this.#owed()).findLast(isMeant);
    if (owed === undefined) return;
    await button.seen(owed.id as PaymentId);
    await chrome.tabs.create({ url: `${POPUP}#payment=${owed.id}` });
  }

  async #show(): Promise<void> {
    const { approvals, attention, settings, store, now } = this.#ports;
    if (!(await this.isOn())) return;
    const before = new Set(approvals.list().map(({ id }) => id));
    const isSeen = await attention.seen();
    const isWatched = await isPurseSeen();
    const tests = new Set((await settings.networks()).filter((one) => one.testMoney).map(({ id }) => id));
    const owed = await this.#owed();
    const told = await store.read();
    const up = new Set(await shownNames());
    // What came since is brought up first, and then told by the next call.
    const questions = approvals.list().filter(({ id }) => before.has(id));
    const tellable = [
      ...questions.map((one) => tellableOf(one, isSeen, tests.has(one.offer.network))),
      ...owed,
    ].flatMap((one) => (one === null ? [] : [{ ...one, isSeen: one.isSeen || isWatched }]));
    const plan = planOf({ tellable, told, up, resuming: await this.#resuming(told, questions), now: now() });
    const known = new Set(plan.told.flatMap((site) => site.known));
    this.#asked = new Set(
      [...this.#asked, ...questions.map(({ challenge }) => challenge.id)].filter((id) => known.has(id)),
    );
    // Before anything is shown: a worker that is killed in between shows nothing twice.
    await store.write(plan.told);
    for (const name of plan.clear) await chrome.notifications.clear(name);
    for (const { name, title, message } of plan.show) {
      await chrome.notifications.create(name, {
        type: 'basic',
        iconUrl: chrome.runtime.getURL('icons/purse-128.png'),
        title: spoken(title),
        message: spoken(message),
      });
    }
  }

  #looked(name: string): Promise<void> {
    const { store } = this.#ports;
    return this.#queue.run(async () => store.write(lookedAt(await store.read(), name)));
  }

  /** The payments that bought nothing, oldest first, but for those of private windows. A locked purse names none. */
  async #owed(): Promise<readonly Tellable[]> {
    const { button, journal, vault } = this.#ports;
    const isLocked = !(await vault.isUnlocked());
    const all = (await button.owed()).map(async ({ id, site, price, isSeen }) => {
      const intent = (await journal.find(id))?.intent;
      if (intent === undefined || siteOnDisk(intent) === null) return [];
      const named = isLocked ? null : { site, price, isTest: intent.network.testMoney };
      return [{ kind: 'owed' as const, id, from: isLocked ? '' : site, named, isSeen }];
    });
    return (await Promise.all(all)).flat();
  }

  /**
   * The requests that were told, and that are not among these questions: this life of the worker has yet to ask them again, or
   * has just done so.
   */
  async #resuming(told: readonly ToldSite[], questions: readonly Question[]): Promise<ReadonlySet<string>> {
    const asked = new Set(questions.map(({ challenge }) => challenge.id));
    const left = told
      .flatMap(({ known }) => known)
      .filter((id) => !asked.has(id) && !this.#asked.has(id))
      .map(async (id) => ((await this.#ports.interception.waits({ id })) ? [id] : []));
    return new Set((await Promise.all(left)).flat());
  }
}

/** A question as a notification may tell it; null for one of a private window. */
function tellableOf(question: Question, isSeen: (id: string) => boolean, isTest: boolean): Tellable | null {
  const { id, site, challenge, offer } = question;
  if (challenge.isPrivate) return null;
  return {
    kind: 'question',
    id: challenge.id,
    from: askingSite(question),
    named: { site, price: priceOf(offer).toString(), isTest },
    isSeen: isSeen(id),
  };
}

const shownNames = async (): Promise<readonly string[]> => Object.keys(await chrome.notifications.getAll());
