import * as v from 'valibot';
import type { Clock } from '../nano/clock.ts';
import type { Seed } from '../nano/seed.ts';
import type { SessionStore, VaultStore } from './keyed-store.ts';
import { openForSession, type Session, SessionText, sealForSession } from './session.ts';

const MINUTE = 60_000;
/** By how much the system may correct its clock without locking the vault (ms). */
const CLOCK_TOLERANCE = MINUTE;
/**
 * For how long an answer about the lock is reused, until the deadline (ms): one payment asks a dozen times, and each
 * read of the session store is a call to the browser process. The seed itself is always read.
 */
const BELIEVED = 1_000;

export interface UnlockedSessionPorts {
  readonly store: Pick<VaultStore, 'get' | 'set' | 'remove'>;
  readonly session: SessionStore;
  readonly clock: Pick<Clock, 'now'>;
  /** Minutes without use after which the session ends. */
  readonly autoLockMinutes: number;
}

/**
 * The time for which the vault is unlocked, with its deadline. The seed lies in one store, encrypted under a key that lies
 * in another, which the browser empties when it ends. Calls must not overlap.
 */
export class UnlockedSession {
  readonly #ports: UnlockedSessionPorts;
  #autoLockMinutes: number;
  #read: { readonly at: number; readonly deadline: number } | undefined;

  constructor(ports: UnlockedSessionPorts) {
    this.#ports = ports;
    this.#autoLockMinutes = ports.autoLockMinutes;
  }

  /** Begins a session with this seed, in the place of any other. */
  async begin(seed: Seed): Promise<void> {
    const { key, sealed } = await sealForSession(seed);
    await this.#ports.store.set('session', sealed);
    await this.#keep(key);
  }

  /** Ends the session: its key and its ciphertext are removed. */
  async end(): Promise<void> {
    this.#read = undefined;
    await this.#ports.session.remove('vault');
    await this.#ports.store.remove('session');
  }

  /** The seed; undefined where there is no session. */
  async seed(): Promise<Seed | undefined> {
    const [session, sealed] = await Promise.all([this.#current(), this.#ports.store.get('session')]);
    return session && openForSession(session.key, sealed);
  }

  /** Whether there is a session, as of at most a second ago. A session whose deadline has passed ends here. */
  async isOpen(): Promise<boolean> {
    return this.#wasOpen() || (await this.#current()) !== undefined;
  }

  /** When the session ends (ms since the epoch); null where there is none. */
  async deadline(): Promise<number | null> {
    return (await this.#current())?.deadline ?? null;
  }

  /** Moves the deadline to the full time from now; of no effect where there is no session. */
  async extend(): Promise<void> {
    const session = await this.#current();
    if (session !== undefined) await this.#keep(session.key);
  }

  /** Sets after how many minutes without use the session ends, from now on. */
  async setAutoLock(minutes: number): Promise<void> {
    const session = await this.#current();
    this.#autoLockMinutes = minutes;
    if (session !== undefined) await this.#keep(session.key);
  }

  /** The session, if there is one whose deadline has not passed. */
  async #current(): Promise<Session | undefined> {
    const session = v.safeParse(SessionText, await this.#ports.session.get('vault'));
    this.#read = undefined;
    if (!session.success) return undefined;
    const { deadline } = session.output;
    if (this.#isAhead(deadline)) {
      this.#read = { at: this.#ports.clock.now(), deadline };
      return session.output;
    }
    await this.end();
    return undefined;
  }

  /** Whether the session was open when it was last read, a moment ago, and its deadline has not passed since. */
  #wasOpen(): boolean {
    if (this.#read === undefined) return false;
    const { at, deadline } = this.#read;
    const age = this.#ports.clock.now() - at;
    return age >= 0 && age < BELIEVED && this.#isAhead(deadline);
  }

  #isAhead(deadline: number): boolean {
    const left = deadline - this.#ports.clock.now();
    // A longer time than was ever set means that the clock was set back: how long the user was away is not known.
    return left > 0 && left <= this.#span() + CLOCK_TOLERANCE;
  }

  async #keep(key: string): Promise<void> {
    this.#read = undefined;
    await this.#ports.session.set('vault', { key, deadline: this.#ports.clock.now() + this.#span() });
  }

  /** How long a session lasts without use (ms). */
  #span(): number {
    return this.#autoLockMinutes * MINUTE;
  }
}
