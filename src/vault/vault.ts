import * as v from 'valibot';
import { Fault, faultOf } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Clock } from '../nano/clock.ts';
import {
  canonicalSource,
  deriveKeys,
  type Seed,
  type SeedSource,
  SeedSourceText,
  seedOf,
} from '../nano/seed.ts';
import { KDF_PARAMETERS, type KdfParameters } from './key-derivation.ts';
import type { SessionStore, VaultStore } from './keyed-store.ts';
import { refuseShortPassword } from './password.ts';
import { isWeaker, type SealedRecord, seal, unseal } from './seal.ts';
import {
  type Copies,
  chosen,
  generationOver,
  type SecondPlace,
  SeedCopies,
  type SeedCopy,
  type Which,
} from './seed-copies.ts';
import { openForSession, type Session, SessionText, sealForSession } from './session.ts';
import { afterWrongTry, type Tries, TriesText, triesAt, waitBeforeTry } from './unlock-throttle.ts';

export type { KeyedStore, SessionStore, VaultStore } from './keyed-store.ts';

export interface VaultOptions {
  readonly store: VaultStore;
  /** Where the sealed seed stands once more, outside the database. */
  readonly second: SecondPlace;
  readonly session: SessionStore;
  readonly clock: Pick<Clock, 'now'>;
  /** Minutes without {@link Vault.touch} after which the vault locks itself. */
  readonly autoLockMinutes: number;
  /** What sealing costs from now on; a vault that was sealed for less is sealed anew when it is unlocked. */
  readonly kdf?: KdfParameters;
}

const MINUTE = 60_000;
/** By how much the system may set its clock right without locking the vault (ms). */
const CLOCK_TOLERANCE = MINUTE;
/**
 * For how long a vault that was seen unlocked is believed to be so, until its deadline (ms): one payment asks a dozen
 * times, and each look into the session store is a way to the browser and back. The seed itself is always looked up.
 */
const BELIEVED = 1_000;

/**
 * Keeps the seed. At rest it is under the password alone. While the vault is unlocked it is also under a random key
 * that only the session store has: a restarted worker is still unlocked, a restarted browser is not. The object itself
 * holds no secret, and what it hands out it does not keep.
 */
export class Vault {
  readonly #store: VaultStore;
  readonly #copies: SeedCopies;
  readonly #session: SessionStore;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kdf: KdfParameters;
  #autoLockMinutes: number;
  #read: { readonly at: number; readonly deadline: number } | undefined;
  #copyFault: Fault | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ store, second, session, clock, autoLockMinutes, kdf = KDF_PARAMETERS }: VaultOptions) {
    this.#store = store;
    this.#copies = new SeedCopies(store, second);
    this.#session = session;
    this.#clock = clock;
    this.#autoLockMinutes = autoLockMinutes;
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
    // Why the last unlocking could not mend it, a worker that was started since does not know.
    return this.#copyFault ?? new Fault('fault_storageUnusable');
  }

  /**
   * Seals a new seed in both places, and leaves the vault unlocked. A seed that the database has lost is replaced.
   * @throws Fault `fault_vaultExists`, `fault_shortPassword`, `fault_badWords`, `fault_badSeed`, and those of
   * `SecondPlace.write`
   */
  create(source: SeedSource, password: string): Promise<void> {
    return this.#inTurn(async () => {
      const generation = generationOver(await this.#copies.find());
      const canonical = canonicalSource(source);
      refuseShortPassword(password);
      await this.#copies.replace(await this.#sealed(canonical, password, generation));
      await this.#open(seedOf(canonical));
    });
  }

  /**
   * Seals a seed that comes back from a backup under the backup's password, and leaves the vault unlocked. `write` puts
   * the copy into the database, together with whatever else comes back: all of it or nothing.
   * @throws Fault `fault_vaultExists`, those of `SecondPlace.write`, and whatever `write` throws
   */
  restore(source: SeedSource, password: string, write: (copy: SeedCopy) => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      const generation = generationOver(await this.#copies.find());
      const copy = await this.#sealed(source, password, generation);
      await this.#copies.replace(copy, () => write(copy));
      await this.#open(seedOf(source));
    });
  }

  /**
   * Opens the vault, and mends what is missing of its two copies.
   *
   * @param which the copy that counts from now on, where the two places hold different ones.
   * @throws Fault `fault_wrongPassword`, `fault_tooManyTries` (seconds), `fault_noVault`, `fault_vaultUnreadable`,
   * `fault_twoSeeds` where the user has to choose
   */
  unlock(password: string, which?: Which): Promise<void> {
    return this.#inTurn(async () => {
      const { copy, isWhole } = chosen(await this.#copies.find(), which);
      const source = await this.#unseal(copy.sealed, password);
      await this.#mend(copy, isWhole, source, password);
      await this.#open(seedOf(source));
    });
  }

  /** Forgets the session key; the seed is out of reach until the password comes again. */
  lock(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  /** Whether the seed can be had now, as it was a moment ago. A vault whose deadline is past locks itself here. */
  isUnlocked(): Promise<boolean> {
    return this.#inTurn(async () => this.#wasUnlocked() || (await this.#current()) !== undefined);
  }

  /** When the vault locks itself, in ms since the epoch; null while it is locked. */
  deadline(): Promise<number | null> {
    return this.#inTurn(async () => (await this.#current())?.deadline ?? null);
  }

  /** The seed, for one use. @throws Fault `fault_locked` */
  seed(): Promise<Seed> {
    return this.#inTurn(async () => {
      const [session, sealed] = await Promise.all([this.#current(), this.#store.get('session')]);
      const seed = session && (await openForSession(session.key, sealed));
      if (seed === undefined) {
        await this.#close();
        throw new Fault('fault_locked');
      }
      return seed;
    });
  }

  /** The user is here: moves the deadline away. Without effect on a locked vault. */
  touch(): Promise<void> {
    return this.#inTurn(async () => {
      const session = await this.#current();
      if (session !== undefined) await this.#keep(session.key);
    });
  }

  /** Sets after how many minutes without use the vault locks itself, from now on. */
  setAutoLock(minutes: number): Promise<void> {
    return this.#inTurn(async () => {
      const session = await this.#current();
      this.#autoLockMinutes = minutes;
      if (session !== undefined) await this.#keep(session.key);
    });
  }

  /** @throws Fault `fault_shortPassword` for the next one, and those of {@link unlock} for the current one */
  changePassword(current: string, next: string): Promise<void> {
    return this.#inTurn(async () => {
      const { copy } = chosen(await this.#copies.find());
      const source = await this.#unseal(copy.sealed, current);
      refuseShortPassword(next);
      await this.#copies.replace(await this.#sealed(source, next, copy.generation + 1));
    });
  }

  /** What the user must write down to restore the purse. @throws Fault as {@link unlock} */
  reveal(password: string): Promise<SeedSource> {
    return this.#inTurn(async () => {
      const { copy } = chosen(await this.#copies.find());
      return this.#unseal(copy.sealed, password);
    });
  }

  /** When the next password may be tried, in ms since the epoch; null when it may be now. */
  retryAt(): Promise<number | null> {
    return this.#inTurn(async () => {
      const wait = waitBeforeTry(await this.#tries(), this.#clock.now());
      return wait === 0 ? null : this.#clock.now() + wait;
    });
  }

  /** Destroys the vault in both places. The seed is gone for whoever has no back-up of it. */
  erase(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#close();
      await this.#copies.erase();
      await this.#store.remove('tries');
    });
  }

  /** Brings both places to one copy, and nothing else beside it; seals anew what guessing at would cost less than it should. */
  async #mend(copy: SeedCopy, isWhole: boolean, source: SeedSource, password: string): Promise<void> {
    this.#copyFault = null;
    const { sealed, generation } = copy;
    try {
      if (isWeaker(sealed, this.#kdf)) {
        await this.#copies.replace(await this.#sealed(source, password, generation + 1));
      } else if (!isWhole || copy.account === null) {
        await this.#copies.mend({ ...copy, account: accountOf(source) });
      } else {
        await this.#copies.tidy();
      }
    } catch (failure) {
      // The password was right: one copy is as good as two for opening the purse. The user is told of it.
      this.#copyFault = faultOf(failure);
    }
  }

  async #sealed(source: SeedSource, password: string, generation: number): Promise<SeedCopy> {
    const secret = new TextEncoder().encode(JSON.stringify(source));
    try {
      const sealed = await seal(secret, password, this.#kdf);
      return { generation, account: accountOf(source), sealed };
    } finally {
      secret.fill(0);
    }
  }

  /** Tries a password. The try is counted before the answer is known, so that nobody can try and run. */
  async #unseal(sealed: SealedRecord, password: string): Promise<SeedSource> {
    const now = this.#clock.now();
    const tries = await this.#tries();
    const wait = waitBeforeTry(tries, now);
    if (wait > 0) throw new Fault('fault_tooManyTries', [Math.ceil(wait / 1000).toString()]);
    await this.#store.set('tries', afterWrongTry(tries, now));
    const secret = await unseal(sealed, password);
    await this.#store.remove('tries');
    const text = new TextDecoder().decode(secret);
    secret.fill(0);
    const source = v.safeParse(v.pipe(v.string(), v.parseJson(), SeedSourceText), text);
    // No cause: the issues would quote the secret.
    if (!source.success) throw new Fault('fault_vaultUnreadable');
    return source.output;
  }

  /** The wrong tries so far. A clock that was set back is noted in the store, so that the delay passes. */
  async #tries(): Promise<Tries> {
    const kept = v.parse(TriesText, await this.#store.get('tries'));
    const tries = triesAt(kept, this.#clock.now());
    if (tries !== kept) await this.#store.set('tries', tries);
    return tries;
  }

  /** The session, if there is one that has not run out. */
  async #current(): Promise<Session | undefined> {
    const session = v.safeParse(SessionText, await this.#session.get('vault'));
    this.#read = undefined;
    if (!session.success) return undefined;
    const { deadline } = session.output;
    if (this.#isAhead(deadline)) {
      this.#read = { at: this.#clock.now(), deadline };
      return session.output;
    }
    await this.#close();
    return undefined;
  }

  /** Whether it was unlocked when it was looked at a moment ago, and its deadline is not past since. */
  #wasUnlocked(): boolean {
    if (this.#read === undefined) return false;
    const { at, deadline } = this.#read;
    const age = this.#clock.now() - at;
    return age >= 0 && age < BELIEVED && this.#isAhead(deadline);
  }

  #isAhead(deadline: number): boolean {
    const left = deadline - this.#clock.now();
    // More than there ever was: the clock was set back, and nobody knows how long ago the user was here.
    return left > 0 && left <= this.#span() + CLOCK_TOLERANCE;
  }

  async #open(seed: Seed): Promise<void> {
    const { key, sealed } = await sealForSession(seed);
    await this.#store.set('session', sealed);
    await this.#keep(key);
  }

  async #keep(key: string): Promise<void> {
    this.#read = undefined;
    await this.#session.set('vault', { key, deadline: this.#clock.now() + this.#span() });
  }

  /** How long the vault stays unlocked without use (ms). */
  #span(): number {
    return this.#autoLockMinutes * MINUTE;
  }

  async #close(): Promise<void> {
    this.#read = undefined;
    await this.#session.remove('vault');
    await this.#store.remove('session');
  }

  /** One thing at a time: a lock that comes while the password is being tried locks afterwards. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action, action);
    this.#last = turn;
    return turn;
  }
}

/** The first account of a seed: by it, the user knows which seed it is. */
const accountOf = (source: SeedSource): NanoAddress => deriveKeys(seedOf(source), 0).address;
