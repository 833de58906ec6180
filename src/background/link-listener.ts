import { SerialQueue } from '../concurrency.ts';
import { LINKS_SCRIPT } from '../content/links/file.ts';
import { Fault } from '../fault.ts';

const ID = 'links';
const SITES = ['http://*/*', 'https://*/*'];

/** The worker may be woken by the wish to start, and would register twice. */
const queue = new SerialQueue();

/**
 * Switches the listening for clicks on payment links on and off. It is on exactly while the user has granted the optional
 * permission `scripting`: the browser keeps that over restarts, and no backup carries it to another browser. Off, no script
 * for it is registered, and none listens.
 */
export const linkListener = {
  /** Whether clicks on payment links open the purse. */
  isOn: (): Promise<boolean> => chrome.permissions.contains({ permissions: ['scripting'] }),

  /**
   * Switches it on, in open tabs too.
   *
   * @throws Fault `fault_badMessage` where the user has not granted the permission, which only a page can ask for
   */
  async start(): Promise<void> {
    const { done } = await queue.run(async () => {
      if (!(await linkListener.isOn())) throw new Fault('fault_badMessage');
      await register();
      return inOpenTabs({ files: [LINKS_SCRIPT] });
    });
    await done;
  },

  /** Switches it off, in open tabs too, and gives the permission back. */
  async stop(): Promise<void> {
    const stopping = await queue.run(async () => {
      if (!(await linkListener.isOn())) return undefined;
      if (await isRegistered()) await chrome.scripting.unregisterContentScripts({ ids: [ID] });
      const begun = await inOpenTabs({ func: () => globalThis.stopLinks?.() });
      await chrome.permissions.remove({ permissions: ['scripting'] });
      return begun;
    });
    await stopping?.done;
  },

  /** Registers the script again where it is on: an update of the extension removes what was registered. */
  resume: (): Promise<void> =>
    queue.run(async () => {
      if (await linkListener.isOn()) await register();
    }),
} as const;

async function register(): Promise<void> {
  if (await isRegistered()) return;
  await chrome.scripting.registerContentScripts([
    {
      id: ID,
      js: [LINKS_SCRIPT],
      matches: SITES,
      runAt: 'document_start',
      allFrames: true,
      matchOriginAsFallback: true,
    },
  ]);
}

const isRegistered = async (): Promise<boolean> =>
  (await chrome.scripting.getRegisteredContentScripts({ ids: [ID] })).length > 0;

/**
 * Begins to run a script in every frame of every open tab. `done` resolves when it has run where it can: a tab that lets no
 * script in, as the browser's own pages, is left out, and one that the browser has frozen is not waited for.
 */
async function inOpenTabs(
  script: { readonly files: string[] } | { readonly func: () => void },
): Promise<{ readonly done: Promise<unknown> }> {
  const tabs = await chrome.tabs.query({ url: SITES, discarded: false });
  const running = tabs.flatMap(({ id, frozen }) => {
    if (id === undefined) return [];
    const target = { tabId: id, allFrames: true };
    const run = chrome.scripting.executeScript({ target, injectImmediately: true, ...script });
    return [{ frozen, run: run.catch(() => undefined) }];
  });
  return { done: Promise.all(running.filter(({ frozen }) => !frozen).map(({ run }) => run)) };
}
