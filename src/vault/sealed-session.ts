import * as v from 'valibot';
import type { Clock } from '../nano/clock.ts';
import type { KeyedStore, SessionStore, VaultStore } from './keyed-store.ts';
import { openForSession, type SecretKind, type Session, SessionText, sealForSession } from './session.ts';

/** By how much the system may correct its clock without ending the session (ms). */
const CLOCK_TOLERANCE = 60_000;
/**
 * For how long an answer about the session is reused, until its deadline (ms): one payment asks a dozen times, and each
 * read of the session store is a call to the browser process. The secret itself is always read.
 */
const BELIEVED = 1_000;

type KeyOf<S> = S extends KeyedStore<infer K> ? K : never;

export interface SealedSessionPorts<T> {
  readonly kind: SecretKind<T>;
  readonly store: Pick<VaultStore, 'get' | 'set' | 'remove'>;
  /** The name of the ciphertext in `store`. */
  readonly storedAs: Extract<KeyOf<VaultStore>, 'session' | 'pocket'>;
  readonly session: SessionStore;
  /** The name of the key and the deadline in `session`. */
  readonly keyAs: KeyOf<SessionStore>;
  readonly clock: Pick<Clock, 'now'>;
  /** How long a session lasts (ms). */
  readonly spanMs: number;
}

/**
 * The time for which a secret can be read without the password, with its deadline. The secret lies in one store, encrypted
 * under a key that lies in another, which the browser empties when it ends. Calls must not overlap.
 */
export class SealedSession<T> {
  readonly #ports: SealedSessionPorts<T>;
  #spanMs: number;
  #read: { readonly at: number; readonly deadline: number } | undefined;

  constructor(ports: SealedSessionPorts<T>) {
    this.#ports = ports;
    this.#spanMs = ports.spanMs;
  }

  /** Begins a session with this secret, in the place of any other. */
  async begin(secret: T): Promise<void> {
    const { kind, store, storedAs } = this.#ports;
    const { key, sealed } = await sealForSession(kind, secret);
    await store.set(storedAs, sealed);
    await this.#keep(key);
  }

  /** Ends the session: its key and its ciphertext are removed. */
  async end(): Promise<void> {
    const { store, storedAs, session, keyAs } = this.#ports;
    this.#read = undefined;
    await session.remove(keyAs);
    await store.remove(storedAs);
  }

  /** The secret; undefined where there is no session. */
  async secret(): Promise<T | undefined> {
    const { kind, store, storedAs } = this.#ports;
    const [session, sealed] = await Promise.all([this.#current(), store.get(storedAs)]);
    return session && openForSession(kind, session.key, sealed);
  }

  /** Whether there is a session, as of at most a second ago. A session whose deadline has passed ends here. */
  async isOpen(): Promise<boolean> {
    return this.#wasOpen() || (await this.#current()) !== undefined;
  }

  /** When the session ends (ms since the epoch); null where there is no session. */
  async deadline(): Promise<number | null> {
    return (await this.#current())?.deadline ?? null;
  }

  /** Moves the deadline to the full time from now; of no effect where there is no session. */
  async extend(): Promise<void> {
    const session = await this.#current();
    if (session !== undefined) await this.#keep(session.key);
  }

  /** Sets how long a session lasts, from now on (ms). */
  async setSpan(spanMs: number): Promise<void> {
    const session = await this.#current();
    this.#spanMs = spanMs;
    if (session !== undefined) await this.#keep(session.key);
  }

  /** The session, if there is one whose deadline has not passed. */
  async #current(): Promise<Session | undefined> {
    const session = v.safeParse(SessionText, await this.#ports.session.get(this.#ports.keyAs));
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
    return left > 0 && left <= this.#spanMs + CLOCK_TOLERANCE;
  }

  async #keep(key: string): Promise<void> {
    const { session, keyAs, clock } = this.#ports;
    this.#read = undefined;
    await session.set(keyAs, { key, deadline: clock.now() + this.#spanMs });
  }
}
