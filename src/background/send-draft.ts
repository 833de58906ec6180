import * as v from 'valibot';
import { SendDraftFields, type SendDraftView } from '../messages/send.ts';

/** Keeps one value while the browser runs. A lock of the purse removes it. */
export interface DraftStore {
  read(): Promise<unknown>;
  write(draft: SendDraftView): Promise<void>;
  remove(): Promise<void>;
}

export interface SendDraftPorts {
  readonly store: DraftStore;
  readonly isUnlocked: () => Promise<boolean>;
}

/** What the user typed into *Send* and has not sent, so that it is there again after the popup was closed. */
export class SendDraft {
  readonly #ports: SendDraftPorts;

  constructor(ports: SendDraftPorts) {
    this.#ports = ports;
  }

  /** Null where nothing was typed since money was sent, the purse was locked, or the browser started. */
  async read(): Promise<SendDraftView | null> {
    const kept = v.safeParse(SendDraftFields, await this.#ports.store.read());
    return kept.success ? kept.output : null;
  }

  async keep(draft: SendDraftView): Promise<void> {
    const { store, isUnlocked } = this.#ports;
    await store.write(draft);
    // A lock in between has removed everything, and this must not come after it.
    if (!(await isUnlocked())) await store.remove();
  }

  /** Forgets what was typed: it was sent. */
  clear(): Promise<void> {
    return this.#ports.store.remove();
  }
}
