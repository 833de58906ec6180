import { expect } from 'vitest';
import { builtInterception } from '../build.ts';
import { type Browser, killWorkers, launchChromium, type OwnBrowser } from '../chromium.ts';
import type { Policy, TestApi } from './extension/background.ts';
import { type Paywall, startPaywall } from './paywall.ts';

const VIEW = 'test/e2e/interception/extension/view.html';

/** Chromium with the bench in it, and a paywall to meet. */
export interface World {
  readonly browser: Browser;
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

/** Chromium as Playwright starts it, with an extension. */
async function started(extension: string): Promise<OwnBrowser> {
  const browser = await launchChromium({ extension });
  return { ...browser, close: () => browser.context.close() };
}

/** Starts everything; Chromium by `launch`. */
export async function startWorld(
  launch: (extension: string) => Promise<OwnBrowser> = started,
): Promise<World> {
  const browser = await launch(builtInterception());
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
    killWorker: () => killWorkers(browser, VIEW),
    async close() {
      await browser.close();
      await paywall.close();
    },
  };
}
