import type { Worker } from 'playwright';
import type { TestPurse } from './purse.ts';

/** The service worker of a purse. */
export async function workerOf({ context }: Pick<TestPurse, 'context'>): Promise<Worker> {
  return context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
}

/** Sets the clock of the worker ahead (ms). To be repeated where the worker may have started anew. */
export async function setWorkerClock(purse: Pick<TestPurse, 'context'>, ahead: number): Promise<void> {
  await (await workerOf(purse)).evaluate((ms) => {
    const scope: typeof globalThis & { realNow?: () => number } = globalThis;
    scope.realNow ??= Date.now;
    const { realNow } = scope;
    Date.now = () => realNow() + ms;
  }, ahead);
}
