import { Fault } from '../fault.ts';
import type { SandboxTabView } from '../messages/sandbox.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { cleanText } from '../protocol/wire/clean-text.ts';
import type { StoredSettings } from '../storage/settings.ts';
import { SANDBOX } from './session-storage.ts';

const MOST_TITLE = 80;

/**
 * The tabs that pay with test money, while all others pay as usual. The choice for a tab lasts until the tab or the
 * browser is closed. It outlives the worker and a lock, so that no tab returns to real money by itself.
 */
export class Sandbox {
  readonly #settings: StoredSettings;
  readonly #changed: (tabId: number) => Promise<void>;
  /** The tabs that other tabs have just opened, until it is stored how they pay. */
  readonly #opening = new Map<number, Promise<void>>();

  /** @param changed called when it has changed how a tab pays: its toolbar button says so */
  constructor(settings: StoredSettings, changed: (tabId: number) => Promise<void>) {
    this.#settings = settings;
    this.#changed = changed;
  }

  /**
   * The test network that a tab pays on; null for a tab that is in no sandbox.
   *
   * @throws Fault `fault_sandboxGone` when its network was removed, or has real money now: then nothing is paid
   */
  async networkOf(tabId: number): Promise<NetworkProfile | null> {
    const id = await this.#idOf(tabId);
    return id === null ? null : this.testNetwork(id);
  }

  /** A network by its id. @throws Fault `fault_sandboxGone` unless its money is for tests */
  async testNetwork(id: string): Promise<NetworkProfile> {
    const network = (await this.#settings.networks()).find((one) => one.id === id);
    if (network?.testMoney !== true) throw new Fault('fault_sandboxGone');
    return network;
  }

  /** The network of this id, if some tab pays on it. @throws Fault `fault_sandboxGone` */
  async inUse(id: string): Promise<NetworkProfile | null> {
    const used = [...(await this.#all()).values()].includes(id);
    return used ? this.testNetwork(id) : null;
  }

  /** The networks that tabs pay on, without those that were removed. */
  async networks(): Promise<readonly NetworkProfile[]> {
    const used = new Set((await this.#all()).values());
    return (await this.#settings.networks()).filter(({ id, testMoney }) => testMoney && used.has(id));
  }

  /** Makes a tab pay on this network. @throws Fault `fault_sandboxGone` */
  async enter(tabId: number, id: string): Promise<void> {
    await this.testNetwork(id);
    await chrome.storage.session.set({ [keyOf(tabId)]: id });
    await this.#changed(tabId);
  }

  /** Makes a tab pay as usual. Also to be called for a tab that was closed. */
  async leave(tabId: number): Promise<void> {
    await chrome.storage.session.remove(keyOf(tabId));
    await this.#changed(tabId);
  }

  /** A page of one tab opened another tab or window, which pays as its opener does. */
  opened(from: number, to: number): Promise<void> {
    const inheriting = this.#inherit(from, to).finally(() => this.#opening.delete(to));
    this.#opening.set(to, inheriting);
    return inheriting;
  }

  async #inherit(from: number, to: number): Promise<void> {
    const id = await this.#idOf(from);
    if (id === null) return;
    await chrome.storage.session.set({ [keyOf(to)]: id });
    await this.#changed(to);
  }

  /** The browser gave the tab another id. */
  async moved(from: number, to: number): Promise<void> {
    const id = (await this.#all()).get(from);
    if (id === undefined) return;
    await chrome.storage.session.set({ [keyOf(to)]: id });
    await this.leave(from);
    await this.#changed(to);
  }

  /** Whether it is stored that a tab pays with test money. */
  async has(tabId: number): Promise<boolean> {
    return (await storedId(tabId)) !== null;
  }

  /** The tabs with web pages in them, and the network of those in a sandbox. */
  async tabs(): Promise<readonly SandboxTabView[]> {
    const all = await this.#all();
    const open = await chrome.tabs.query({ url: ['http://*/*', 'https://*/*'] });
    return open.flatMap(({ id, title = '', url = '' }) =>
      id === undefined
        ? []
        : [
            {
              id,
              title: cleanText(title, MOST_TITLE),
              site: new URL(url).origin,
              network: all.get(id) ?? null,
            },
          ],
    );
  }

  /** The id of the network that the tab was put on; null for a tab that is in no sandbox. */
  async #idOf(tabId: number): Promise<string | null> {
    await this.#opening.get(tabId);
    return storedId(tabId);
  }

  async #all(): Promise<ReadonlyMap<number, string>> {
    const kept = Object.entries(await chrome.storage.session.get(null));
    return new Map(
      kept.flatMap(([key, value]) =>
        key.startsWith(SANDBOX) ? [[Number(key.slice(SANDBOX.length)), String(value)] as const] : [],
      ),
    );
  }
}

const keyOf = (tabId: number) => `${SANDBOX}${tabId}`;

/** Reads only the entry of this tab, because this runs for every 402. */
async function storedId(tabId: number): Promise<string | null> {
  const { [keyOf(tabId)]: id } = await chrome.storage.session.get(keyOf(tabId));
  return typeof id === 'string' ? id : null;
}
