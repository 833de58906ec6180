import type { ChallengeLifecycle } from '../lifecycle.ts';
import { privateModeOf } from '../network/private-mode.ts';
import type { ObservedRequest } from '../observed-request.ts';
import type { OpenChallenges } from '../open-challenges.ts';
import { originOf } from '../urls.ts';
import type { Presence } from './presence.ts';
import { becomesRetryable, hasOwnPage, isPageIcon, tabOnOrigin, tabShowing } from './retry.ts';
import type { ScriptHolds } from './script-holds.ts';
import { type Preparation, preparationOf } from './surface.ts';

export interface PreparationPorts {
  readonly open: OpenChallenges;
  readonly lifecycle: ChallengeLifecycle;
  readonly presence: Presence;
  readonly scriptHolds: ScriptHolds;
  /** Whether the browser can make a request of this URL and method carry a proof. */
  readonly canCarry: (url: string, method: string) => boolean;
}

/** Prepares each 402, by its kind (see `preparationOf`), until its challenge can be announced. */
export class Preparations {
  readonly #ports: PreparationPorts;
  readonly #steps: Readonly<Record<Preparation, (observed: ObservedRequest) => void | Promise<void>>> = {
    hold: (observed) => this.#awaitHold(observed),
    document: (observed) => this.#retryDocument(observed),
    form: (observed) => this.#retryForm(observed),
    'past-worker': (observed) => this.#retryPastWorker(observed),
    element: (observed) => this.#retryElement(observed),
    reload: (observed) => this.#awaitReload(observed),
    'reload-unheld': (observed) => {
      this.#ports.scriptHolds.releaseUnpayable(observed.challenge, observed.asked.method);
      return this.#awaitReload(observed);
    },
  };

  constructor(ports: PreparationPorts) {
    this.#ports = ports;
  }

  async take(observed: ObservedRequest): Promise<void> {
    const { lifecycle, canCarry } = this.#ports;
    const { challenge } = observed;
    if (!canCarry(challenge.url, challenge.method)) return lifecycle.reportUnheld(challenge);
    await this.#steps[preparationOf(observed)](observed);
  }

  /** Waits for the hold, which announces the challenge. Without one, the page took it back, or only a reload is left. */
  async #awaitHold(observed: ObservedRequest): Promise<void> {
    const { lifecycle, scriptHolds } = this.#ports;
    const paired = await scriptHolds.pair(observed);
    if (paired === 'taken back') lifecycle.reportWithdrawn(observed);
    else if (paired === 'unheld') await this.#awaitReload(observed);
  }

  async #retryDocument(observed: ObservedRequest): Promise<void> {
    const { lifecycle, presence } = this.#ports;
    if (!(await lifecycle.admit(observed, null))) return;
    void presence.expect(observed);
    lifecycle.announce(observed.challenge);
  }

  /** For a 402 without a body the browser shows its own page: only the browser can send the form again, and asks first. */
  async #retryForm(observed: ObservedRequest): Promise<void> {
    const { lifecycle, presence } = this.#ports;
    const { challenge } = observed;
    if (!(await lifecycle.admit(observed, null))) return;
    if (!(await presence.expect(observed)) || (await hasOwnPage(observed)))
      return lifecycle.announce(challenge);
    const confirmed = { ...observed, challenge: { ...challenge, userPart: 'confirm' as const } };
    if (await lifecycle.admit(confirmed, null)) lifecycle.announce(confirmed.challenge);
  }

  async #retryElement(observed: ObservedRequest): Promise<void> {
    const { open, lifecycle, presence } = this.#ports;
    const { challenge } = observed;
    if (!(await lifecycle.admit(observed, null))) return;
    if (await presence.expect(observed)) return lifecycle.announce(challenge);
    await open.end(challenge.id);
    presence.forget(challenge.id);
    await this.#awaitReload(observed);
  }

  /** Announces a request that only its page can send again, where a tab shows that page. */
  async #awaitReload(observed: ObservedRequest): Promise<void> {
    const { lifecycle } = this.#ports;
    const { challenge } = observed;
    const { fromServiceWorker, initiator } = challenge;
    const tabId = fromServiceWorker
      ? initiator && (await tabOnOrigin(initiator, challenge))?.id
      : challenge.tabId;
    if (typeof tabId !== 'number') return lifecycle.reportUnheld(challenge);
    const waiting = { ...observed, challenge: { ...challenge, tabId, userPart: 'load' as const } };
    if ((await isPageIcon(observed)) || !(await becomesRetryable(waiting))) lifecycle.reportUnheld(challenge);
    else if (lifecycle.isAborted(waiting)) lifecycle.reportWithdrawn(waiting);
    else if (await lifecycle.admit(waiting, null)) lifecycle.announce(waiting.challenge);
  }

  async #retryPastWorker(observed: ObservedRequest): Promise<void> {
    const { challenge } = observed;
    const { url, method } = challenge;
    const tab = method === 'GET' ? await tabShowing(url, challenge) : undefined;
    if (tab?.id === undefined) return this.#awaitReload(observed);
    const place = { tabId: tab.id, frameId: 0, topOrigin: originOf(url), ...privateModeOf(tab) };
    await this.#retryDocument({ ...observed, challenge: { ...challenge, kind: 'main_frame', ...place } });
  }
}
