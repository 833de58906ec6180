import { BoundedMap } from './bounded-map.ts';
import type { Challenge } from './challenge.ts';
import type { Holds } from './holds.ts';
import type { InterceptionEvents } from './interception.ts';
import { type ObservedRequest, wireMethod } from './observed-request.ts';
import type { Hold, OpenChallenge, OpenChallenges } from './open-challenges.ts';
import type { Patience } from './patience.ts';

export interface LifecyclePorts {
  readonly open: OpenChallenges;
  readonly holds: Holds;
  readonly patience: Patience;
  readonly events: () => InterceptionEvents;
  /** Whether the proof of a challenge waits for its page to be loaded again: leaving the page does not withdraw it. */
  readonly awaitsReload: (challengeId: string) => boolean;
}

/** Aborted requests that are remembered. */
const REMEMBERED = 600;

/**
 * The states of a challenge: seen → admitted (stored, its page waits) → announced → ended. It ends once, by a delivery,
 * by a release, or because its page withdrew the request. A challenge can be withdrawn in every state before its end.
 */
export class ChallengeLifecycle {
  readonly #ports: LifecyclePorts;
  /** Requests of scripts that ended before their answer was read, by the browser's request id. */
  readonly #aborted = new BoundedMap<string, true>(REMEMBERED);

  constructor(ports: LifecyclePorts) {
    this.#ports = ports;
  }

  /**
   * Stores a challenge as open. Resolves with false where too many are open, and where it was withdrawn while it was
   * stored: the page then gets its 402.
   */
  async admit(observed: ObservedRequest, hold: Hold | null): Promise<boolean> {
    const { open, events } = this.#ports;
    const isAdmitted = await open.add({ observed, hold });
    if (!isAdmitted) events().onOverLimit(observed.challenge);
    return isAdmitted && (await open.get(observed.challenge.id)) !== undefined;
  }

  announce(challenge: Challenge): void {
    this.#ports.events().onChallenge(challenge);
  }

  /** Reports a 402 whose page says that it handles it. */
  reportManual(challenge: Challenge): void {
    this.#ports.events().onManual(challenge);
  }

  /** Reports a 402 whose request is not made again. */
  reportUnheld(challenge: Challenge): void {
    this.#ports.events().onUnheld(challenge);
  }

  /**
   * Announces a held request once its page has held it for a while (see `Patience`).
   *
   * @param isSteady whether the page has no way to take the request back: then at once.
   */
  async announceSettled({ challenge, asked }: ObservedRequest, isSteady: boolean): Promise<void> {
    const { id, documentId, url } = challenge;
    const wait =
      isSteady || documentId === null
        ? 0
        : this.#ports.patience.held({ documentId, method: wireMethod(asked.method), url });
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if ((await this.#ports.open.get(id)) !== undefined) this.announce(challenge);
  }

  /** Notes that a page aborted a request before its answer had come whole. */
  noteAborted(requestId: string): void {
    this.#aborted.set(requestId, true);
  }

  /**
   * Whether the browser saw the page abort the request of a script before its answer was read. The browser itself aborts an
   * EventSource that is answered by a 402.
   */
  isAborted({ challenge, trait }: ObservedRequest): boolean {
    const isByPage = challenge.kind === 'xmlhttprequest' && trait !== 'stream';
    return isByPage && this.#aborted.get(challenge.requestId) !== undefined;
  }

  /** Reports a request as withdrawn that is not open (any more). */
  reportWithdrawn({ challenge, asked }: ObservedRequest): void {
    const { documentId, url } = challenge;
    if (documentId !== null)
      this.#ports.patience.tookBack({ documentId, method: wireMethod(asked.method), url });
    this.#ports.events().onWithdrawn(challenge);
  }

  /** Ends an open challenge whose page no longer waits, and reports it as withdrawn. */
  async withdraw({ observed, hold }: OpenChallenge): Promise<void> {
    const { id } = observed.challenge;
    if (!(await this.#ports.open.end(id))) return;
    if (hold !== null) void this.#ports.holds.end(id, 'release');
    this.reportWithdrawn(observed);
  }

  /**
   * Withdraws the requests that their page was given back and that were served to it since: it paid in another way, so their
   * questions are over.
   */
  servedWithout({
    documentId,
    method,
    url,
  }: Pick<Challenge, 'documentId' | 'method' | 'url'>): Promise<void> {
    return this.withdrawWhere(({ observed: { challenge } }) => {
      const isSame = challenge.method === method && challenge.url === url;
      return challenge.givenBack === true && isSame && challenge.documentId === documentId;
    });
  }

  async withdrawWhere(isOver: (one: OpenChallenge) => boolean): Promise<void> {
    const { open, awaitsReload } = this.#ports;
    const over = (await open.all()).filter((one) => !awaitsReload(one.observed.challenge.id) && isOver(one));
    await Promise.all(over.map((one) => this.withdraw(one)));
  }
}
