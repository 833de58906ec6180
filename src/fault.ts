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

/** The keys of the sentences that explain why something could not be done. */
export type FaultKey = Extract<MessageKey, `fault_${string}`>;

/**
 * Something the purse could not do, as a value: the key of the sentence to show the user and the words that go
 * into it. A fault crosses rooms by `throw` and contexts as `{key, args}`; its `cause` is for developers only.
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

/** What IndexedDB fails with where the browser does not keep, or has lost, what it was given. */
const STORAGE_FAILURES: readonly string[] = ['QuotaExceededError', 'InvalidStateError', 'UnknownError'];

/** What went wrong as a Fault; what is none is nobody's plan, and said to developers. */
export function faultOf(failure: unknown): Fault {
  if (failure instanceof Fault) return failure;
  console.error(failure);
  const isStorage = failure instanceof DOMException && STORAGE_FAILURES.includes(failure.name);
  return new Fault(isStorage ? 'fault_storageUnusable' : 'fault_unexpected', [], { cause: failure });
}
