import { SerialQueue } from '../concurrency.ts';
import { Fault } from '../fault.ts';

/** A payment link that its user clicked, and that waits for their answer. */
export interface LinkQuestion {
  readonly id: string;
  readonly tabId: number;
  /** Null until the window is open. */
  readonly windowId: number | null;
  /** The link itself. What it asks for is read from it each time, and so is the same each time. */
  readonly text: string;
  /** Origin of the page with the link; null where the browser tells none. */
  readonly site: string | null;
  /** Origin of the frame with the link, where it is not the page's own. */
  readonly frame: string | null;
  /** CAIP-2 id of the network that the tab pays on; null where its sandbox has none any more. */
  readonly network: string | null;
}

/** A click, as the browser reports its sender. */
export type ClickedLink = Omit<LinkQuestion, 'id' | 'windowId' | 'network'>;

/** Keeps the questions while the browser runs. */
export interface LinkStore {
  read(): Promise<readonly LinkQuestion[]>;
  write(question: LinkQuestion): Promise<void>;
  remove(id: string): Promise<void>;
}

/** The windows of the questions, one for each. */
export interface LinkWindows {
  /** Opens the window of a question. Returns its id. */
  open(id: string): Promise<number>;
  /** Shows a window. Returns whether it is open. */
  focus(windowId: number): Promise<boolean>;
}

export interface LinkQuestionsPorts {
  readonly store: LinkStore;
  readonly windows: LinkWindows;
  /** CAIP-2 id of the network that a tab pays on; null where its sandbox has none any more. */
  readonly networkOf: (tabId: number) => Promise<string | null>;
}

/**
 * The payment links that wait for their user's answer: one for each tab, in a window of its own. A question is answered at
 * most once. It outlives the worker, but not the browser.
 */
export class LinkQuestions {
  readonly #ports: LinkQuestionsPorts;
  readonly #queue = new SerialQueue();

  constructor(ports: LinkQuestionsPorts) {
    this.#ports = ports;
  }

  /** Opens the window of a link that was clicked. While one of its tab is open, shows that one and forgets the click. */
  clicked(link: ClickedLink): Promise<void> {
    const { store, windows, networkOf } = this.#ports;
    return this.#queue.run(async () => {
      const before = (await store.read()).find(({ tabId }) => tabId === link.tabId);
      const windowId = before?.windowId ?? null;
      if (windowId !== null && (await windows.focus(windowId))) return;
      if (before !== undefined) await store.remove(before.id);
      const network = await networkOf(link.tabId);
      const question: LinkQuestion = { ...link, id: crypto.randomUUID(), windowId: null, network };
      await store.write(question);
      await store.write({ ...question, windowId: await windows.open(question.id) });
    });
  }

  /** The question of this id; undefined once it is answered. */
  async find(id: string): Promise<LinkQuestion | undefined> {
    return (await this.#ports.store.read()).find((one) => one.id === id);
  }

  /**
   * Takes a question out for its answer. It is gone before anything is sent, so that no failure and no death of the worker
   * can pay it twice.
   *
   * @throws Fault `fault_approvalGone` when it was answered before
   */
  take(id: string): Promise<LinkQuestion> {
    return this.#queue.run(async () => {
      const question = await this.find(id);
      if (question === undefined) throw new Fault('fault_approvalGone');
      await this.#ports.store.remove(id);
      return question;
    });
  }

  /** The user declined. */
  decline(id: string): Promise<void> {
    return this.#queue.run(() => this.#ports.store.remove(id));
  }

  /** A window was closed. The question in it, if there was one, is declined. */
  async closed(windowId: number): Promise<void> {
    const inside = (await this.#ports.store.read()).find((one) => one.windowId === windowId);
    if (inside !== undefined) await this.decline(inside.id);
  }
}
