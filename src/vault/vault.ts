import { SerialQueue } from '../concurrency.ts';
import { Fault, faultOf } from '../fault.ts';
import { canonicalSource, type Seed, type SeedSource, SeedText, seedOf } from '../nano/seed.ts';
import { KDF_PARAMETERS, type KdfParameters } from './key-derivation.ts';
import { refuseShortPassword } from './password.ts';
import { PasswordTries } from './password-tries.ts';
import { POCKET, type PocketKeys, pocketOf } from './pocket-keys.ts';
import { isWeaker } from './seal.ts';
import { accountOf, sealedCopy } from './sealed-copy.ts';
import { SealedSession } from './sealed-session.ts';
import {
  type Copies,
  chosen,
  copyOfAccount,
  generationOver,
  SeedCopies,
  type SeedCopy,
  type Which,
} from './seed-copies.ts';
import type { VaultOptions } from './vault-options.ts';

export type { KeyedStore, SessionStore, VaultStore } from './keyed-store.ts';

const MINUTE = 60_000;
/** How long after it was begun the pocket closes by itself (ms). */
export const POCKET_SPAN = 12 * 60 * MINUTE;

/**
 * Keeps the seed. While the vault is locked, the seed is encrypted under the password only. While it is unlocked, the seed
 * is also encrypted under a random key that only the session store has: a restarted worker is still unlocked, a restarted
 * browser is not. The keys of the pocket are kept in the same way for longer, so that they outlive a lock. The object
 * itself holds no secret.
 */
export class Vault {
  readonly #tries: PasswordTries;
  readonly #copies: SeedCopies;
  readonly #session: SealedSession<Seed>;
  readonly #pocket: SealedSession<PocketKeys>;
  readonly #pocketAccounts: () => Promise<number>;
  readonly #kdf: KdfParameters;
  /** One call at a time: a lock that is called while a password is being checked locks afterwards. */
  readonly #queue = new SerialQueue();
  #copyFault: Fault | null = null;

  constructor(options: VaultOptions) {
    const { store, second, session, clock, autoLockMinutes, kdf = KDF_PARAMETERS } = options;
    this.#tries = new PasswordTries(store, clock);
    this.#copies = new SeedCopies(store, second);
    this.#session = new SealedSession({
      kind: { context: 'nano-purse session 1', schema: SeedText },
      store,
      storedAs: 'session',
      session,
      keyAs: 'vault',
      clock,
      spanMs: autoLockMinutes * MINUTE,
    });
    this.#pocket = new SealedSession({
      kind: POCKET,
      store,
      storedAs: 'pocket',
      session,
      keyAs: 'pocket',
      clock,
      spanMs: POCKET_SPAN,
    });
    this.#pocketAccounts = options.pocketAccounts ?? (async () => 0);
    this.#kdf = kdf;
  }

  /** Whether there is a vault, locked or not, in either of its places. */
  exists(): Promise<boolean> {
    return this.#copies.exist();
  }

  /** What the two places of the sealed seed hold together. */
  copies(): Promise<Copies> {
    return this.#copies.find();
  }

  /** Why the sealed seed stands in one place only; null when it stands in both. */
  async copyFault(): Promise<Fault | null> {
    const copies = await this.#copies.find();
    if (copies.kind !== 'kept' || copies.isWhole) return null;
    // A worker that started after the last unlocking does not know why that could not repair the copy.
    return this.#copyFault ?? new Fault('fault_storageUnusable');
  }

  /**
   * Seals a new seed in both places, and leaves the vault unlocked. A seed that the database has lost is replaced.
   * @throws Fault `fault_vaultExists`, `fault_shortPassword`, `fault_badWords`, `fault_badSeed`, and those of
   * `SecondPlace.write`
   */
  create(source: SeedSource, password: string): Promise<void> {
    return this.#queue.run(async () => {
      const generation = generationOver(await this.#copies.find());
      const canonical = canonicalSource(source);
      refuseShortPassword(password);
      await this.#copies.replace(await this.#sealed(canonical, password, generation));
      await this.#begin(seedOf(canonical));
    });
  }

  /**
   * Seals the seed of a backup under the backup's password, and leaves the vault unlocked. `write` puts the copy into the
   * database, together with the rest of the backup: all of it or nothing.
   *
   * @throws Fault `fault_vaultExists`, those of `SecondPlace.write`, and what `write` throws
   */
  restore(source: SeedSource, password: string, write: (copy: SeedCopy) => Promise<void>): Promise<void> {
    return this.#queue.run(async () => {
      const generation = generationOver(await this.#copies.find());
      const copy = await this.#sealed(source, password, generation);
      await this.#copies.replace(copy, () => write(copy));
      await this.#begin(seedOf(source));
    });
  }

  /**
   * Opens the vault, and repairs its two copies.
   *
   * @param which the copy that counts from now on, where the two places hold different ones.
   * @throws Fault `fault_wrongPassword`, `fault_tooManyTries` (seconds), `fault_noVault`, `fault_vaultUnreadable`,
   * `fault_twoSeeds` where the user has to choose
   */
  unlock(password: string, which?: Which): Promise<void> {
    return this.#queue.run(async () => {
      const { copy, isWhole } = chosen(await this.#copies.find(), which);
      const source = await this.#tries.unseal(copy.sealed, password);
      await this.#repair(copy, isWhole, source, password);
      await this.#begin(seedOf(source));
    });
  }

  /** Removes the session key: the seed cannot be read until the password is given again. The pocket stays open. */
  lock(): Promise<void> {
    return this.#queue.run(() => this.#session.end());
  }

  /** Locks, and closes the pocket too: no key can be read until the password is given again. */
  lockEverything(): Promise<void> {
    return this.#queue.run(async () => {
      await this.#pocket.end();
      await this.#session.end();
    });
  }

  /** The keys of the pocket, for one use; undefined while it is closed. */
  pocket(): Promise<PocketKeys | undefined> {
    return this.#queue.run(() => this.#pocket.secret());
  }

  /** Whether the keys of the pocket can be read, locked or not, as of at most a second ago. */
  isPocketOpen(): Promise<boolean> {
    return this.#queue.run(() => this.#pocket.isOpen());
  }

  /** Follows a changed number of pocket accounts. With none the pocket closes, locked or not. @throws Fault `fault_locked` */
  renewPocket(): Promise<void> {
    return this.#queue.run(() => this.#beginPocket(() => this.#seed()));
  }

  /** Whether the vault is unlocked, as of at most a second ago. A vault whose deadline has passed locks itself here. */
  isUnlocked(): Promise<boolean> {
    return this.#queue.run(() => this.#session.isOpen());
  }

  /** When the vault locks itself, in ms since the epoch; null while it is locked. */
  deadline(): Promise<number | null> {
    return this.#queue.run(() => this.#session.deadline());
  }

  /** The seed, for one use. @throws Fault `fault_locked` */
  seed(): Promise<Seed> {
    return this.#queue.run(() => this.#seed());
  }

  /** Moves the deadline, since the user is active; of no effect on a locked vault. */
  touch(): Promise<void> {
    return this.#queue.run(() => this.#session.extend());
  }

  /** Sets after how many minutes without use the vault locks itself, from now on. */
  setAutoLock(minutes: number): Promise<void> {
    return this.#queue.run(() => this.#session.setSpan(minutes * MINUTE));
  }

  /**
   * Seals the seed anew under another password. Where only the second place could be written, the new password counts
   * already, and {@link copyFault} says why the first one could not.
   *
   * @throws Fault `fault_shortPassword` for the next password, those of {@link unlock} for the current one, and those of
   * `SecondPlace.write`, after which the current one still counts
   */
  changePassword(current: string, next: string): Promise<void> {
    return this.#queue.run(async () => {
      refuseShortPassword(next);
      const { copy } = chosen(await this.#copies.find());
      const source = await this.#tries.unseal(copy.sealed, current);
      await this.#renew(await this.#sealed(source, next, copy.generation + 1));
    });
  }

  /**
   * Seals the seed of this vault under another password, for an owner who forgot the current one and has the seed. Leaves
   * the vault unlocked.
   *
   * @throws Fault `fault_otherSeed` for a seed that is not known to be the one of this vault, `fault_noVault`,
   * `fault_shortPassword`, `fault_badWords`, `fault_badSeed`, and those of `SecondPlace.write`
   */
  recover(source: SeedSource, password: string): Promise<void> {
    return this.#queue.run(async () => {
      refuseShortPassword(password);
      const canonical = canonicalSource(source);
      const copy = copyOfAccount(await this.#copies.find(), accountOf(canonical));
      await this.#renew(await this.#sealed(canonical, password, copy.generation + 1));
      await this.#tries.forget();
      await this.#begin(seedOf(canonical));
    });
  }

  /** Returns what the user must write down to restore the wallet. @throws Fault as {@link unlock} */
  reveal(password: string): Promise<SeedSource> {
    return this.#queue.run(async () => {
      const { copy } = chosen(await this.#copies.find());
      return this.#tries.unseal(copy.sealed, password);
    });
  }

  /** When the next password may be tried (ms since the epoch); null when it may be tried now. */
  retryAt(): Promise<number | null> {
    return this.#queue.run(() => this.#tries.retryAt());
  }

  /**
   * Destroys the vault in both places. Without a backup the seed is lost.
   *
   * @param eraseFirst removes the database's records: the seed, and all others with it.
   */
  erase(eraseFirst: () => Promise<void>): Promise<void> {
    return this.#queue.run(async () => {
      await this.#pocket.end();
      await this.#session.end();
      this.#copyFault = null;
      await this.#copies.erase(eraseFirst);
    });
  }

  /** Leaves the vault unlocked, with this seed. */
  async #begin(seed: Seed): Promise<void> {
    await this.#session.begin(seed);
    await this.#beginPocket(() => seed);
  }

  async #beginPocket(seed: () => Seed | Promise<Seed>): Promise<void> {
    const accounts = await this.#pocketAccounts();
    if (accounts > 0) await this.#pocket.begin(pocketOf(await seed(), accounts));
    else await this.#pocket.end();
  }

  async #seed(): Promise<Seed> {
    const seed = await this.#session.secret();
    if (seed !== undefined) return seed;
    await this.#session.end();
    throw new Fault('fault_locked');
  }

  /** Replaces the copies. It has succeeded as soon as the second place has the new one, whose generation is the higher. */
  async #renew(copy: SeedCopy): Promise<void> {
    this.#copyFault = null;
    try {
      await this.#copies.replace(copy);
    } catch (failure) {
      if (!(await this.#copies.isInSecond(copy))) throw failure;
      this.#copyFault = faultOf(failure);
    }
  }

  /** Leaves one and the same copy in both places. A seed that was sealed at a lower cost is sealed again. */
  async #repair(copy: SeedCopy, isWhole: boolean, source: SeedSource, password: string): Promise<void> {
    this.#copyFault = null;
    const { sealed, generation } = copy;
    try {
      if (isWeaker(sealed, this.#kdf)) {
        await this.#copies.replace(await this.#sealed(source, password, generation + 1));
      } else if (!isWhole || copy.account === null) {
        await this.#copies.repair({ ...copy, account: accountOf(source) });
      } else {
        await this.#copies.tidy();
      }
    } catch (failure) {
      // The password was right, and one copy is enough to unlock. `copyFault` tells the user.
      this.#copyFault = faultOf(failure);
    }
  }

  #sealed(source: SeedSource, password: string, generation: number): Promise<SeedCopy> {
    return sealedCopy(source, password, generation, this.#kdf);
  }
}
