import * as v from 'valibot';
import type { FaultKey } from '../fault.ts';
import type { FaultView } from './fault-view.ts';
import { nothing, type RawString } from './fields.ts';
import { message } from './message.ts';
import type { NetworkView } from './network.ts';
import type { WorkState } from './work.ts';

export type PurseView = { readonly kind: 'empty' } | LockedPurseView | OpenPurseView;

export interface LockedPurseView {
  readonly kind: 'locked';
  readonly seed: SeedView;
  /** When the next password may be tried; null when at once. */
  readonly retryAt: number | null;
  readonly network: Pick<NetworkView, 'id' | 'label' | 'testMoney'>;
  /** The pocket, while it pays inside budgets although the purse is locked; null while it is closed. */
  readonly pocket: LockedPocketView | null;
  /** How many questions wait for the user. */
  readonly waiting: number;
}

export interface PocketView extends LockedPocketView {
  /** What it holds once it is full. */
  readonly level: RawString;
}

export interface LockedPocketView {
  /** Proven; null until a node was asked. */
  readonly balance: RawString | null;
}

/**
 * What is left of the sealed seed in its two places. `lost`: the database has lost it, the second place still has it.
 * `differ`: each place has another one. An account is null where an older version of the purse did not write it down.
 */
export type SeedView =
  | { readonly kind: 'kept' }
  | { readonly kind: 'lost'; readonly account: string | null }
  | { readonly kind: 'differ'; readonly first: string | null; readonly second: string | null };

export interface OpenPurseView {
  readonly kind: 'open';
  readonly account: string;
  /** From the chain head whose hash and signature were checked here; null until a node was asked. */
  readonly balance: RawString | null;
  /** The part of the balance that budgets spend, and how much that is at most; null where there is no pocket. */
  readonly pocket: PocketView | null;
  /** Checked incoming money that is not yet in the balance. */
  readonly incoming: RawString;
  readonly network: NetworkView;
  /** What keeps the purse from using its money; null without trouble. */
  readonly trouble: FaultView | null;
  /** Why the sealed seed stands in one place only; null when it stands in both. */
  readonly seedCopyFault: FaultKey | null;
  /** Why an account cannot pay: a site has a signed block of it and has not published it. Null where no site has. */
  readonly handedOverBlock: FaultView | null;
  readonly work: WorkState;
  readonly paused: boolean;
  readonly lockAt: number | null;
  readonly waiting: number;
}

export const purseMessages = {
  'purse.state': message(nothing, 'always')<PurseView>(),
  'purse.refresh': message(nothing, 'open')<null>(),
  /** Fills the pocket from savings now. */
  'purse.refillPocket': message(nothing, 'open')<null>(),
  /** Returns the site whose page asked for money before there was a purse; null without one. */
  'purse.early': message(nothing, 'open')<{ readonly site: string } | null>(),
  /** Shows that page again, so that it asks anew. */
  'purse.continue': message(nothing, 'open')<null>(),
  'purse.touch': message(nothing, 'always')<null>(),
  'purse.pause': message(v.strictObject({ paused: v.boolean() }), {
    lessens: ({ paused }) => paused,
  })<null>(),
} as const;
