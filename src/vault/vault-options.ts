import type { Clock } from '../nano/clock.ts';
import type { KdfParameters } from './key-derivation.ts';
import type { SessionStore, VaultStore } from './keyed-store.ts';
import type { SecondPlace } from './seed-copies.ts';

/** What a vault is made of. */
export interface VaultOptions {
  readonly store: VaultStore;
  /** The second place of the sealed seed, outside the database. */
  readonly second: SecondPlace;
  readonly session: SessionStore;
  readonly clock: Pick<Clock, 'now'>;
  /** Minutes without `Vault.touch` after which the vault locks itself. */
  readonly autoLockMinutes: number;
  /** How many accounts' keys stay readable when the vault is locked, from account 1 on; none by default. */
  readonly pocketAccounts?: () => Promise<number>;
  /** The cost of sealing from now on. A vault that was sealed at a lower cost is sealed again when it is unlocked. */
  readonly kdf?: KdfParameters;
}
