import type * as v from 'valibot';

/**
 * Whether a message is handled while the purse is locked. `always`: it belongs to the lock screen or to onboarding, or its
 * input has the password. `open`: never while locked, since it adds or changes something, or returns accounts, settings
 * or history. `lessens`: only with an input that lets the purse do less than before.
 */
export type Access<Input> = 'always' | 'open' | { readonly lessens: (input: Input) => boolean };

/** A message from a page of the extension to the background. */
export interface Message<S extends v.GenericSchema, Output> {
  readonly input: S;
  readonly access: Access<v.InferOutput<S>>;
  /** Never set: it carries the type of what the background returns. */
  readonly output?: Output;
}

/** Defines a message of a page: `message(input, access)<Output>()`. */
export const message =
  <S extends v.GenericSchema>(input: S, access: Access<v.InferOutput<S>>) =>
  <Output>(): Message<S, Output> => ({ input, access });

/** A message from the content script in a tab to the background. */
export interface BridgeMessage<S extends v.GenericSchema, Output> {
  readonly input: S;
  /** Never set: it carries the type of what the background returns. */
  readonly output?: Output;
}

/** Defines a message of a content script: `bridgeMessage(input)<Output>()`. */
export const bridgeMessage =
  <S extends v.GenericSchema>(input: S) =>
  <Output>(): BridgeMessage<S, Output> => ({ input });

/** The output of each message of a table. */
export type Outputs<Table extends Readonly<Record<string, { readonly output?: unknown }>>> = {
  readonly [Name in keyof Table]: Exclude<Table[Name]['output'], undefined>;
};
