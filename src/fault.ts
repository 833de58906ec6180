import type messages from '../public/_locales/en/messages.json';

type Messages = typeof messages;

/** Every sentence the purse can say, by its key in `public/_locales/en/messages.json`. */
export type MessageKey = keyof Messages;

/** The names of the placeholders of a sentence; of several sentences, the names of all. */
export type Placeholder<K extends MessageKey> = K extends unknown
  ? Messages[K] extends { readonly placeholders: infer P }
    ? Extract<keyof P, string>
    : never
  : never;

/** The keys of the sentences with exactly these placeholders. */
export type MessageKeyWith<Name extends string> = {
  [K in MessageKey]: [Placeholder<K>, Name] extends [Name, Placeholder<K>] ? K : never;
}[MessageKey];

/** The keys of the sentences without placeholders. */
export type PlainMessageKey = MessageKeyWith<never>;

/** The words of a sentence by the names of its placeholders: nothing where it has none. Keys in a union must have the same ones. */
export type Words<K extends MessageKey, W> = [K] extends [MessageKeyWith<Placeholder<K>>]
  ? [Placeholder<K>] extends [never]
    ? []
    : [words: Readonly<Record<Placeholder<K>, W>>]
  : [never];

/** What stands in a placeholder: text as it is, or a sentence of its own. */
export type Word = string | Sentence;

/** A sentence as data: its key, and its words in the order of {@link inOrder}. A Fault is one. */
export interface Sentence {
  readonly key: MessageKey;
  readonly args: readonly Word[];
}

/**
 * Puts named words into the order that the browser needs: it fills placeholders by number. In messages.json the numbers
 * follow the alphabetical order of the names, which test/architecture.test.ts checks.
 */
export function inOrder<W>(words: Readonly<Record<string, W>>): readonly W[] {
  return Object.entries(words)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, word]) => word);
}

/** The keys of the sentences that explain why something could not be done. */
export type FaultKey = Extract<MessageKey, `fault_${string}`>;

/**
 * Something the purse could not do, as a value: the key of the sentence to show the user and the words that go
 * into it. Modules throw it; between contexts it travels as `{key, args}`. Its `cause` is for developers only.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly key: FaultKey;
  readonly args: readonly string[];

  constructor(key: FaultKey, args: readonly string[] = [], options?: ErrorOptions) {
    super([key, ...args].join(' '), options);
    this.key = key;
    this.args = args;
  }
}

/** The names of the errors with which IndexedDB fails where the browser cannot keep, or has lost, its data. */
const STORAGE_FAILURES: readonly string[] = ['QuotaExceededError', 'InvalidStateError', 'UnknownError'];

/** Returns a failure as a Fault. One that is no Fault yet is unexpected, and is logged for developers. */
export function faultOf(failure: unknown): Fault {
  if (failure instanceof Fault) return failure;
  console.error(failure);
  const isStorage = failure instanceof DOMException && STORAGE_FAILURES.includes(failure.name);
  return new Fault(isStorage ? 'fault_storageUnusable' : 'fault_unexpected', [], { cause: failure });
}
