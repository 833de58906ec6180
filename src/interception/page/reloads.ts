import { type Challenge, type DeliveryOutcome, isReloadedWhenPaid } from '../challenge.ts';
import type { AwaitedResponse } from '../network/response.ts';
import type { OpenChallenges } from '../open-challenges.ts';
import { originOf } from '../urls.ts';
import { reloadTab } from './retry.ts';
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
  readonly end: () => void;
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
    return [...this.#waiting.values()]
      .map(({ challenge }) => challenge)
      .filter((challenge) => !isReloadedWhenPaid(challenge));
  }

  /** Arms the rule of a challenge for the next `RULE_LIFE` ms. */
  async expect(challengeId: string): Promise<void> {
    await this.#waiting.get(challengeId)?.expect();
  }

  /** Ends the wait of a challenge, unless its request with the proof is on its way. */
  end(challengeId: string): void {
    this.#waiting.get(challengeId)?.end();
  }

  /**
   * Waits for the request that carries the proof. The rule is armed at the start and again with each load of the page,
   * for `RULE_LIFE` ms each. Where the user has agreed to a reload by paying (see `isReloadedWhenPaid`), it starts at
   * once. The challenge stays open, so that the wait survives the worker.
   */
  async deliver(challenge: Challenge, answer: AwaitedResponse, arm: Arm): Promise<DeliveryOutcome> {
    const { id } = challenge;
    const windows = new RuleWindows(arm);
    const stopListening = listenToLoads(
      challenge,
      () => void windows.open().catch(console.error),
      () => answer.giveUp('gone'),
    );
    let isCarried = false;
    const giveUp = () => {
      if (!isCarried) answer.giveUp('gone');
    };
    void answer.carried.then(() => {
      isCarried = true;
      return windows.end();
    });
    try {
      await windows.open();
      this.#waiting.set(id, { challenge, expect: () => windows.open(), end: giveUp });
      this.#ports.changed();
      // The page may have sent the request again meanwhile: then it has the proof, and a reload would lose the content.
      if (isReloadedWhenPaid(challenge) && !isCarried && !(await reloadTab(challenge))) giveUp();
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
