import type { BrowserContext, Worker } from 'playwright';
import { expect } from 'vitest';
import { builtInterception, builtInterceptionForFirefox } from '../build.ts';
import { killWorkers, launchChromium, type OwnBrowser } from '../chromium.ts';
import { launchFirefox } from '../firefox.ts';
import { testBrowser } from '../purse-browser.ts';
import type { Policy, TestApi } from './extension/background.ts';
import { type Paywall, startPaywall } from './paywall.ts';

const VIEW = 'test/e2e/interception/extension/view.html';

/** A browser with the bench in it. */
export interface BenchBrowser {
  readonly context: BrowserContext;
  readonly extensionId: string;
  /** Runs functions where the bench's `testApi` is. */
  readonly worker: Pick<Worker, 'evaluate'>;
  /** Ends the background of the bench. */
  killWorker(): Promise<void>;
  close(): Promise<void>;
}

/** A browser with the bench in it, and a paywall to meet. */
export interface World {
  readonly browser: BenchBrowser;
  readonly paywall: Paywall;
  /** What becomes of the challenges from now on. */
  policy(policy: Policy): Promise<void>;
  /** The challenges, unheld, withdrawn and unpriced ones and deliveries of one path, as this life of the worker saw them. */
  seen(
    path: string,
  ): Promise<Pick<TestApi, 'challenges' | 'unheld' | 'unpriced' | 'withdrawn' | 'deliveries'>>;
  /** Resolved when what a path sells is paid and waits for its page to be loaded again. */
  untilToLoad(path: string): Promise<void>;
  killWorker(): Promise<void>;
  close(): Promise<void>;
}

/** A Chromium with the bench, as it was started. */
function benchIn(browser: Omit<OwnBrowser, 'close'> & Partial<OwnBrowser>): BenchBrowser {
  const close = browser.close ?? (() => browser.context.close());
  return { ...browser, killWorker: () => killWorkers(browser, VIEW), close };
}

/**
 * Firefox with the bench. Playwright reaches no event page: functions run in a page of the bench, which has the `testApi` of the
 * event page and wakes it.
 */
async function benchInFirefox(): Promise<BenchBrowser> {
  const { context, extensionId, origin, stopBackground } = await launchFirefox({
    extension: builtInterceptionForFirefox(),
  });
  const view = await context.newPage();
  await view.goto(`${origin}/${VIEW}`);
  const evaluate = async (act: (given: unknown) => unknown, given: unknown) => {
    await view.evaluate(async () => {
      const background: unknown = await chrome.runtime.getBackgroundPage();
      globalThis.testApi = (background as typeof globalThis).testApi;
    });
    return view.evaluate(act, given);
  };
  return {
    context,
    extensionId,
    worker: { evaluate: evaluate as Worker['evaluate'] },
    killWorker: () => stopBackground(view),
    close: () => context.close(),
  };
}

const started = async (): Promise<BenchBrowser> =>
  testBrowser() === 'firefox'
    ? benchInFirefox()
    : benchIn(await launchChromium({ extension: builtInterception() }));

/** Starts everything; the browser by `launch`, a Chromium. */
export async function startWorld(launch?: (extension: string) => Promise<OwnBrowser>): Promise<World> {
  const browser = launch === undefined ? await started() : benchIn(await launch(builtInterception()));
  const paywall = await startPaywall();
  const { worker } = browser;
  await worker.evaluate(() => testApi.life);
  return {
    browser,
    paywall,
    policy: (policy) => worker.evaluate((value) => chrome.storage.session.set({ policy: value }), policy),
    seen: (path) =>
      worker.evaluate((end) => {
        const { challenges, unheld, unpriced, withdrawn, deliveries } = testApi;
        const isIt = ({ url }: { readonly url: string }) => url.endsWith(end);
        return {
          challenges: challenges.filter(isIt),
          unheld: unheld.filter(isIt),
          unpriced: unpriced.filter(isIt),
          withdrawn: withdrawn.filter(isIt),
          deliveries: deliveries.filter(({ challenge }) => isIt(challenge)),
        };
      }, path),
    async untilToLoad(path) {
      const waiting = () =>
        worker.evaluate((end) => testApi.awaitingReload().some(({ url }) => url.endsWith(end)), path);
      await expect.poll(waiting).toBe(true);
    },
    killWorker: () => browser.killWorker(),
    async close() {
      await browser.close();
      await paywall.close();
    },
  };
}
