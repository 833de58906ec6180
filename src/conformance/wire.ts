import type { Clock } from '../nano/clock.ts';
import { readUrl } from '../protocol/offer/origin.ts';
import type { Exchange } from './exchange.ts';
import type { HttpRequest, Send } from './ports.ts';

/** The least time from one request to the next (ms): at most two a second, since the server may be a small one. */
export const GENTLE_PACE = 500;

export interface WireParts {
  readonly send: Send;
  readonly clock: Clock;
  /** The one origin that requests may go to. */
  readonly origin: string;
  /** The least time from one request to the next (ms). */
  readonly pace: number;
}

/** The line to the server under test: one request at a time, never too many, and to no other origin. */
export class Wire {
  readonly #parts: WireParts;
  #turn: Promise<unknown> = Promise.resolve();
  #freeAt = 0;

  constructor(parts: WireParts) {
    this.#parts = parts;
  }

  /** Sends one request when its turn has come. */
  send(request: HttpRequest, signal: AbortSignal): Promise<Exchange> {
    return this.#inTurn(1, signal, () => this.#exchange(request, signal));
  }

  /** Sends several at once, for the rules that are about just that; they count as so many towards the pace. */
  together(requests: readonly HttpRequest[], signal: AbortSignal): Promise<readonly Exchange[]> {
    return this.#inTurn(requests.length, signal, () =>
      Promise.all(requests.map((request) => this.#exchange(request, signal))),
    );
  }

  #inTurn<T>(count: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { clock, pace } = this.#parts;
    const run = async () => {
      const wait = this.#freeAt - clock.now();
      if (wait > 0) await clock.pause(wait, signal);
      signal.throwIfAborted();
      this.#freeAt = clock.now() + count * pace;
      return work();
    };
    const turn = this.#turn.then(run, run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** @throws RangeError for another origin; the signal's reason */
  async #exchange(sent: HttpRequest, signal: AbortSignal): Promise<Exchange> {
    const { origin, send } = this.#parts;
    if (readUrl(sent.url)?.origin !== origin)
      throw new RangeError('a probe stays with the origin it was given');
    try {
      return { sent, received: await send(sent, signal) };
    } catch {
      signal.throwIfAborted();
      return { sent, received: null };
    }
  }
}
