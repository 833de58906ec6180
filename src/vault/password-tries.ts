import * as v from 'valibot';
import { Fault } from '../fault.ts';
import type { Clock } from '../nano/clock.ts';
import { type SeedSource, SeedSourceText } from '../nano/seed.ts';
import type { VaultStore } from './keyed-store.ts';
import { type SealedRecord, unseal } from './seal.ts';
import { afterWrongTry, type Tries, TriesText, triesAt, waitBeforeTry } from './unlock-throttle.ts';

/** Tries passwords on the sealed seed, with a delay that grows with the wrong ones. Calls must not overlap. */
export class PasswordTries {
  readonly #store: Pick<VaultStore, 'get' | 'set' | 'remove'>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(store: Pick<VaultStore, 'get' | 'set' | 'remove'>, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Unseals the seed. The try is counted before its result is known: ending the worker does not avoid the count.
   *
   * @throws Fault `fault_wrongPassword`, `fault_tooManyTries` (seconds), `fault_vaultUnreadable`
   */
  async unseal(sealed: SealedRecord, password: string): Promise<SeedSource> {
    const now = this.#clock.now();
    const tries = await this.#read();
    const wait = waitBeforeTry(tries, now);
    if (wait > 0) throw new Fault('fault_tooManyTries', [Math.ceil(wait / 1000).toString()]);
    await this.#store.set('tries', afterWrongTry(tries, now));
    const secret = await unseal(sealed, password);
    await this.forget();
    const text = new TextDecoder().decode(secret);
    secret.fill(0);
    const source = v.safeParse(v.pipe(v.string(), v.parseJson(), SeedSourceText), text);
    // No cause: the issues would quote the secret.
    if (!source.success) throw new Fault('fault_vaultUnreadable');
    return source.output;
  }

  /** When the next password may be tried (ms since the epoch); null when it may be tried now. */
  async retryAt(): Promise<number | null> {
    const wait = waitBeforeTry(await this.#read(), this.#clock.now());
    return wait === 0 ? null : this.#clock.now() + wait;
  }

  /** Forgets the wrong tries. */
  async forget(): Promise<void> {
    await this.#store.remove('tries');
  }

  /** The wrong tries so far. Where the clock was set back, a new end of the delay is stored, so that the delay ends. */
  async #read(): Promise<Tries> {
    const kept = v.parse(TriesText, await this.#store.get('tries'));
    const tries = triesAt(kept, this.#clock.now());
    if (tries !== kept) await this.#store.set('tries', tries);
    return tries;
  }
}
