import type { Challenge, DeliveryOutcome } from '../challenge.ts';
import type { OpenChallenges } from '../open-challenges.ts';
import { originOf } from '../urls.ts';
import type { AwaitedResponse } from './response.ts';
import { type Arm, RuleWindows } from './rule-windows.ts';

export interface ReloadPorts {
  readonly open: OpenChallenges;
  /** Called when the result of `waiting` has changed. */
  readonly changed: () => void;
}

/** A challenge whose page is to be loaded again, and what makes the proof go with its next request. */
interface Waiting {
  readonly challenge: Challenge;
  readonly expect: () => Promise<void>;
}

/** Deliveries that wait for their page to ask again, by itself or because its user loads it. */
export class Reloads {
  readonly #ports: ReloadPorts;
  readonly #waiting = new Map<string, Waiting>();

  constructor(ports: ReloadPorts) {
    this.#ports = ports;
  }

  has(challengeId: string): boolean {
    return this.#waiting.has(challengeId);
  }

  waiting(): readonly Challenge[] {
    return [...this.#waiting.values()].map(({ challenge }) => challenge);
  }

  /** Arms the rule of a challenge for the next `RULE_LIFE` ms. */
  async expect(challengeId: string): Promise<void> {
    await this.#waiting.get(challengeId)?.expect();
  }

  /**
   * Waits for the request that carries the proof. The rule is armed at the start and again with each load of the page,
   * for `RULE_LIFE` ms each. The challenge stays open, so that the wait survives the worker.
   */
  async deliver(challenge: Challenge, answer: AwaitedResponse, arm: Arm): Promise<DeliveryOutcome> {
    const { id } = challenge;
    const windows = new RuleWindows(arm);
    const stopListening = listenToLoads(
      challenge,
      () => void windows.open().catch(console.error),
      () => answer.giveUp('gone'),
    );
    void answer.carried.then(() => windows.end());
    try {
      await windows.open();
      this.#waiting.set(id, { challenge, expect: () => windows.open() });
      this.#ports.changed();
      return await answer.delivery;
    } finally {
      stopListening();
      this.#waiting.delete(id);
      this.#ports.changed();
      await windows.end();
      await this.#ports.open.end(id);
    }
  }
}

/** What the events of `chrome.webNavigation` that are used here have in common. */
type Navigation = Pick<chrome.webNavigation.WebNavigationBaseCallbackDetails, 'tabId' | 'url'> & {
  readonly frameId: number;
};

/**
 * Calls `loads` for each load of a page of the site in the tab of a challenge, and `leaves` when the tab shows another
 * site. Returns the way to stop.
 */
function listenToLoads(
  { tabId, topOrigin, initiator }: Challenge,
  loads: () => void,
  leaves: () => void,
): () => void {
  const site = topOrigin ?? initiator;
  const isTopFrame = (one: Navigation) => one.tabId === tabId && one.frameId === 0;
  const navigates = (page: Navigation) => {
    if (isTopFrame(page) && originOf(page.url) === site) loads();
  };
  const commits = (page: Navigation) => {
    if (isTopFrame(page) && originOf(page.url) !== site) leaves();
    navigates(page);
  };
  const { onBeforeNavigate, onCommitted } = chrome.webNavigation;
  onBeforeNavigate.addListener(navigates);
  onCommitted.addListener(commits);
  return () => {
    onBeforeNavigate.removeListener(navigates);
    onCommitted.removeListener(commits);
  };
}
