import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright';
import { stopWorker } from '../e2e/chromium.ts';
import type { TestPurse } from '../e2e/purse.ts';

/** A point in the work of the worker: a write of its journal, or an effect outside of it. */
export interface Stop {
  readonly point: string;
  readonly when: 'before' | 'after';
}

/** What the worker does until it is killed. */
export interface Plan {
  /** The URL whose payment it is about. */
  readonly url: string;
  /** It is asked for in a private window, and no other payment of one is under way. */
  readonly inPrivate: boolean;
  /** The points at which it pauses, in this order. */
  readonly stops: readonly Stop[];
  /** A write that the disk refuses. */
  readonly broken?: string;
  /** How long the purse's patience for a confirmation lasts (ms), instead of two minutes. */
  readonly patience?: number;
  /** By how much its clock is ahead (ms). */
  readonly ahead?: number;
}

const IN_WORKER = readFileSync(new URL('./in-worker.js', import.meta.url), 'utf8');
/** How long the worker may take to come to a stop (ms): it looks after what it could not do every half minute. */
const REACH_WITHIN = 60_000;

/** The worker of the purse under a debugger that can pause it anywhere. Its next life has no plan. */
export class WatchedWorker {
  readonly #session: CDPSession;
  readonly #sessionId: string;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #onPaused: () => void = () => {};
  #asked = 0;

  private constructor(session: CDPSession, sessionId: string) {
    this.#session = session;
    this.#sessionId = sessionId;
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const told: Answer & { readonly method?: string } = JSON.parse(message);
      if (told.method === 'Debugger.paused') this.#onPaused();
      if (told.id !== undefined) this.#answers.get(told.id)?.(told);
    });
  }

  /** Attaches to the worker of a purse; it stays attached through all its lives. */
  static async of({ context, extensionId }: TestPurse): Promise<WatchedWorker> {
    const session = await context.browser()?.newBrowserCDPSession();
    if (session === undefined) throw new Error('the browser has no debugger');
    const { targetInfos } = await session.send('Target.getTargets');
    const target = targetInfos.find(
      ({ type, url }) => type === 'service_worker' && url.includes(extensionId),
    );
    if (target === undefined) throw new Error('the purse has no worker');
    const { targetId } = target;
    const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
    const worker = new WatchedWorker(session, sessionId);
    await worker.#send('Debugger.enable');
    return worker;
  }

  /** Puts a plan into this life of the worker; resolved with how to wait for its stops, one after the other. */
  async follow(plan: Plan): Promise<() => Promise<void>> {
    const { url, inPrivate, stops, broken = null, patience = null, ahead = 0 } = plan;
    let reached = deferred();
    this.#onPaused = () => reached.resolve();
    const told = JSON.stringify({ url, inPrivate, stops, broken, patience, ahead });
    await this.evaluate(`${IN_WORKER}\nfollowPlan(${told})`);
    return async () => {
      const late = setTimeout(
        () => reached.reject(new Error(`never came to ${nameOf(stops)}`)),
        REACH_WITHIN,
      );
      await reached.promise.finally(() => clearTimeout(late));
      reached = deferred();
    };
  }

  /** Kills the worker as `kill` does; gives the way to put a plan into its next life, before the first line of it runs. */
  async killAndPauseNext(page: Page): Promise<(plan: Plan) => Promise<() => Promise<void>>> {
    const born = deferred();
    this.#onPaused = () => born.resolve();
    const { breakpointId } = await this.#send('Debugger.setInstrumentationBreakpoint', {
      instrumentation: 'beforeScriptExecution',
    });
    await stopWorker(page);
    return async (plan) => {
      await born.promise;
      const reached = await this.follow(plan);
      await this.#send('Debugger.removeBreakpoint', { breakpointId });
      await this.#send('Debugger.resume');
      return reached;
    };
  }

  /** Lets the worker go on from where it stands. */
  async resume(): Promise<void> {
    await this.evaluate('killTest.isOver = false');
    await this.#send('Debugger.resume');
  }

  /** Stops the worker for good, wherever it is; `page` is one of the purse's own. */
  async kill(page: Page): Promise<void> {
    this.#onPaused = () => {};
    await stopWorker(page);
  }

  async evaluate(expression: string): Promise<void> {
    const { exceptionDetails } = await this.#send('Runtime.evaluate', { expression });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
  }

  async #send(method: string, params: object = {}): Promise<NonNullable<Answer['result']>> {
    this.#asked += 1;
    const id = this.#asked;
    const answered = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.#session.send('Target.sendMessageToTarget', { sessionId: this.#sessionId, message });
    const { result, error } = await answered;
    this.#answers.delete(id);
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }
}

interface Answer {
  readonly id?: number;
  readonly result?: { readonly exceptionDetails?: object; readonly breakpointId?: string };
  readonly error?: { readonly message: string };
}

function nameOf(stops: readonly Stop[]): string {
  return stops.map(({ point, when }) => `${when} ${point}`).join(', then ');
}

function deferred() {
  let resolve = () => {};
  let reject = (_reason: Error) => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}
