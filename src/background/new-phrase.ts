import { newWords, readWords } from '../nano/seed.ts';

/** Keeps one text in memory while the browser runs. */
export interface PhraseStore {
  read(): Promise<unknown>;
  write(words: string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * The recovery phrase of a wallet that is being created. It stays the same until there is a wallet: a page that is loaded
 * again shows the words that its user has written down.
 */
export class NewPhrase {
  readonly #store: PhraseStore;

  constructor(store: PhraseStore) {
    this.#store = store;
  }

  /** The words that were drawn before since the browser's start, or new ones. */
  async words(): Promise<string> {
    const kept = await this.#store.read();
    if (typeof kept === 'string' && isPhrase(kept)) return kept;
    const words = newWords();
    await this.#store.write(words);
    return words;
  }

  /** Forgets the words: there is a wallet now. */
  forget(): Promise<void> {
    return this.#store.remove();
  }
}

function isPhrase(words: string): boolean {
  try {
    readWords(words);
    return true;
  } catch {
    return false;
  }
}
