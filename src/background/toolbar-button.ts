import { SerialQueue } from '../concurrency.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Vault } from '../vault/vault.ts';
import { spoken } from './spoken.ts';
import { type PurseSign, type Sign, type SignedPayment, signOf, type TabSign } from './toolbar-sign.ts';

/** A payment that bought nothing yet. */
export interface OwedPayment extends SignedPayment {
  readonly id: PaymentId;
  /** Whether the user has seen that in the popup: the button tells of it no more. */
  readonly isSeen: boolean;
  /** The tab that it was made for. */
  readonly tabId: number;
}

/** Keeps the payments that bought nothing while the browser runs. */
export interface OwedStore {
  read(): Promise<readonly OwedPayment[]>;
  write(payment: OwedPayment): Promise<void>;
  remove(id: PaymentId): Promise<void>;
}

export interface ToolbarButtonPorts {
  readonly owed: OwedStore;
  readonly purse: () => Promise<PurseSign['purse']>;
  /** Called when a payment that bought nothing was added, was seen or is over. */
  readonly owedChanged: () => void;
  /** Whether a tab pays with test money. */
  readonly isTest: (tabId: number) => Promise<boolean>;
}

/** What the button shows of the purse. */
export async function stateOf(
  vault: Pick<Vault, 'exists' | 'isUnlocked' | 'isPocketOpen'>,
): Promise<PurseSign['purse']> {
  if (!(await vault.exists())) return 'none';
  if (await vault.isUnlocked()) return 'open';
  return (await vault.isPocketOpen()) ? 'pocket' : 'locked';
}

/** How long a payment within a budget is told on the button of its tab (ms). */
const PAID_FOR = 8_000;

const COLOURS: Readonly<Record<Sign['tone'], { readonly background: string; readonly ink: string }>> = {
  plain: { background: '#0b5c6e', ink: '#ffffff' },
  good: { background: '#1b6642', ink: '#ffffff' },
  bad: { background: '#a3221a', ink: '#ffffff' },
  test: { background: '#d9a441', ink: '#10191b' },
};

/**
 * The toolbar button: its badge, its tooltip and its icon, for the whole purse and for single tabs. What a payment bought
 * nothing for stays on it until the user has seen it, also over the death of the worker. The browser clears what
 * is set for a tab when the tab shows another page.
 */
export class ToolbarButton {
  readonly #ports: ToolbarButtonPorts;
  readonly #queue = new SerialQueue();
  /** Null until it is read from the store. */
  #owed: readonly OwedPayment[] | null = null;
  /** The payments that are told for some seconds, by tab. */
  readonly #paid = new Map<number, SignedPayment>();
  /** The tabs with a sign of their own, but for those that only `tell` gave one. */
  readonly #own = new Set<number>();
  #isOutOfOrder = false;
  #waiting = 0;
  /** A look that has not begun yet: it will see what happens until then. */
  #looking: Promise<void> | undefined;

  constructor(ports: ToolbarButtonPorts) {
    this.#ports = ports;
  }

  /** Shows how many questions and paid pages wait for the user. */
  waits(count: number): Promise<void> {
    this.#waiting = count;
    return this.look();
  }

  /** Shows whether the purse cannot pay at all. The popup says why. */
  async outOfOrder(isIt: boolean): Promise<void> {
    if (this.#isOutOfOrder === isIt) return;
    this.#isOutOfOrder = isIt;
    await this.look();
  }

  /** Shows the purse as it is now. To be called when it was locked or unlocked. */
  look(): Promise<void> {
    this.#looking ??= this.#queue.run(async () => {
      this.#looking = undefined;
      const purse = await this.#purseSign();
      await show(signOf(purse));
      for (const tabId of this.#own) await this.#showTab(purse, tabId);
    });
    return this.#looking;
  }

  /** Shows again what is told of a tab: it shows another page, or has begun or ceased to pay with test money. */
  showTab(tabId: number): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#own.has(tabId) || (await this.#hasOwn(tabId))) {
        await this.#showTab(await this.#purseSign(), tabId);
      }
    });
  }

  /** Tells for some seconds that a budget has paid for a page of the tab. */
  async paid(tabId: number, payment: SignedPayment): Promise<void> {
    this.#paid.set(tabId, payment);
    setTimeout(() => {
      if (this.#paid.get(tabId) !== payment) return;
      this.#paid.delete(tabId);
      void this.showTab(tabId);
    }, PAID_FOR);
    await this.showTab(tabId);
  }

  /** Tells that a payment bought nothing, until the user has seen it or it is delivered after all. */
  async owe(payment: Omit<OwedPayment, 'isSeen'>): Promise<void> {
    await this.#changeOwed(payment.id, { ...payment, isSeen: false });
  }

  /** Notes that the user has seen in the popup that a payment bought nothing. */
  async seen(id: PaymentId): Promise<void> {
    const payment = (await this.owed()).find((one) => one.id === id);
    if (payment?.isSeen === false) await this.#changeOwed(id, { ...payment, isSeen: true });
  }

  /** Forgets a payment: it was delivered, its block was taken back, or the user wants to hear no more of it. */
  async settle(id: PaymentId): Promise<void> {
    if ((await this.owed()).some((one) => one.id === id)) await this.#changeOwed(id, null);
  }

  /** The payments that bought nothing yet, oldest first. */
  async owed(): Promise<readonly OwedPayment[]> {
    this.#owed ??= await this.#ports.owed.read();
    return this.#owed;
  }

  /** Tells something of the page in a tab, until another page is shown there or `recovered`. A tab with a sign of its own keeps that. */
  tell(tabId: number, sign: Extract<TabSign, { readonly kind: 'failed' | 'early' }>): Promise<void> {
    return this.#queue.run(async () => {
      if (await this.#hasOwn(tabId)) return;
      await onTab(show(signOf(await this.#purseSign(), sign), { tabId, isOwn: true }));
    });
  }

  /** Ends what `tell` told of a tab: something there was paid or asked about. */
  recovered(tabId: number): Promise<void> {
    return this.#queue.run(async () => {
      if (await hasBadge(tabId)) await this.#showTab(await this.#purseSign(), tabId);
    });
  }

  async #changeOwed(id: PaymentId, payment: OwedPayment | null): Promise<void> {
    const before = await this.owed();
    this.#owed = [...before.filter((one) => one.id !== id), ...(payment === null ? [] : [payment])];
    await (payment === null ? this.#ports.owed.remove(id) : this.#ports.owed.write(payment));
    await this.look();
    const tabs = [...before.filter((one) => one.id === id), ...(payment === null ? [] : [payment])];
    for (const { tabId } of tabs) await this.showTab(tabId);
    this.#ports.owedChanged();
  }

  async #showTab(purse: PurseSign, tabId: number): Promise<void> {
    const sign = await this.#tabSign(tabId);
    const isTest = await this.#ports.isTest(tabId);
    const isOwn = sign !== null || isTest;
    if (isOwn) this.#own.add(tabId);
    else this.#own.delete(tabId);
    await onTab(show(signOf(purse, sign, isTest), { tabId, isOwn }));
  }

  async #hasOwn(tabId: number): Promise<boolean> {
    return (await this.#tabSign(tabId)) !== null || (await this.#ports.isTest(tabId));
  }

  async #tabSign(tabId: number): Promise<TabSign | null> {
    const paid = this.#paid.get(tabId);
    if (paid !== undefined) return { kind: 'paid', ...paid };
    const owed = (await this.owed()).findLast((payment) => payment.tabId === tabId && !payment.isSeen);
    return owed === undefined ? null : { kind: 'owed', price: owed.price, site: owed.site };
  }

  async #purseSign(): Promise<PurseSign> {
    const isOutOfOrder = this.#isOutOfOrder;
    const [purse, owed] = await Promise.all([
      // Without the database it is not known whether there is a purse.
      isOutOfOrder ? ('none' as const) : this.#ports.purse(),
      this.owed(),
    ]);
    return { isOutOfOrder, purse, waiting: this.#waiting, isOwed: owed.some(({ isSeen }) => !isSeen) };
  }
}

/**
 * Writes a sign on the button.
 *
 * @param tab of which tab; by default of all that have none of their own. One that has none any more shows that of all.
 */
async function show(
  { text, tone, title: named, icon }: Sign,
  tab?: { readonly tabId: number; readonly isOwn: boolean },
): Promise<void> {
  const { background, ink } = COLOURS[tone];
  const on = tab === undefined ? {} : { tabId: tab.tabId };
  const isCleared = tab?.isOwn === false;
  const title = isCleared ? '' : spoken(named);
  await Promise.all([
    chrome.action.setBadgeText(isCleared ? on : { ...on, text }),
    chrome.action.setBadgeBackgroundColor({ ...on, color: background }),
    chrome.action.setBadgeTextColor({ ...on, color: ink }),
    chrome.action.setTitle({ ...on, title }),
    ...(tab === undefined ? [chrome.action.setIcon({ path: ICONS[icon] })] : []),
  ]);
}

const ICONS: Readonly<Record<Sign['icon'], Readonly<Record<number, string>>>> = {
  open: { 16: '/icons/purse-16.png', 32: '/icons/purse-32.png' },
  locked: { 16: '/icons/purse-locked-16.png', 32: '/icons/purse-locked-32.png' },
};

/** Ignores the failure for a closed tab, which has no button. */
async function onTab(writing: Promise<void>): Promise<void> {
  await writing.catch(() => undefined);
}

/** Whether a tab has a badge of its own. */
const hasBadge = async (tabId: number): Promise<boolean> =>
  (await chrome.action.getBadgeText({ tabId }).catch(() => '')) !== (await chrome.action.getBadgeText({}));
