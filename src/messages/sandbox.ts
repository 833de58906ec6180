import * as v from 'valibot';
import type { FaultView } from './fault-view.ts';
import { nothing, type RawString, tab, text } from './fields.ts';
import { message } from './message.ts';
import type { NetworkView } from './network.ts';

/** A tab with a web page in it. */
export interface SandboxTabView {
  readonly id: number;
  readonly title: string;
  /** Its origin. */
  readonly site: string;
  /** The test network that it pays on; null where it pays as the whole purse does. */
  readonly network: string | null;
}

/** The account and balance on a test network. */
export interface TestMoneyView {
  readonly network: NetworkView;
  readonly account: string;
  readonly balance: RawString | null;
  readonly incoming: RawString;
  readonly trouble: FaultView | null;
}

export interface SandboxView {
  readonly tabs: readonly SandboxTabView[];
  /** Every network with test money. */
  readonly networks: readonly NetworkView[];
  /** The network that the whole purse is on, if its money is for tests. */
  readonly whole: NetworkView | null;
  /** For each test network in use; empty while the purse is locked. */
  readonly money: readonly TestMoneyView[];
}

export const sandboxMessages = {
  'sandbox.read': message(nothing, 'open')<SandboxView>(),
  'sandbox.enter': message(v.strictObject({ tab, network: text(64) }), 'open')<null>(),
  'sandbox.leave': message(v.strictObject({ tab }), 'open')<null>(),
  'sandbox.faucet': message(v.strictObject({ network: text(64) }), 'open')<null>(),
} as const;
