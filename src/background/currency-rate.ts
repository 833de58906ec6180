import { SingleFlight } from '../concurrency.ts';
import { Fault, faultOf } from '../fault.ts';
import type { Currency, RateSource } from '../messages/settings.ts';
import type { StoredSettings } from '../storage/settings.ts';

export interface CurrencyRatePorts {
  readonly settings: Pick<StoredSettings, 'changeRateSource' | 'read' | 'write'>;
  /** Whether the user lets the purse ask the server of a source. */
  readonly mayAsk: (source: RateSource) => Promise<boolean>;
  /** Asks a source for its rate. @throws Fault where it tells none */
  readonly ask: (source: RateSource) => Promise<string>;
  readonly notifyPages: () => void;
  readonly now: () => number;
}

/** How often a source is asked at most (ms). */
const ASK_EVERY = 3_600_000;

/** The rate of the user's currency, where it comes from a source that they named. Without one nothing is asked. */
export class CurrencyRate {
  readonly #ports: CurrencyRatePorts;
  readonly #refreshing = new SingleFlight<void>();

  constructor(ports: CurrencyRatePorts) {
    this.#ports = ports;
  }

  /**
   * Takes the rate of a currency from a source from now on, and asks it at once.
   *
   * @throws Fault `fault_rateForbidden`, and those of `ask`: then nothing is changed
   */
  async use(code: Currency['code'], source: RateSource): Promise<void> {
    const { settings, now } = this.#ports;
    const rate = await this.#ask(source);
    const at = now();
    await settings.write('currency', { code, rate });
    await settings.write('rateSource', { ...source, at, askedAt: at, fault: null });
  }

  /**
   * Asks the source again, where the last time was an hour ago. A source that fails leaves the last rate, and says why. To be
   * called when the user opens the purse.
   */
  refresh(): Promise<void> {
    return this.#refreshing.run(async () => {
      const { settings, now, notifyPages } = this.#ports;
      const source = await settings.read('rateSource');
      // A clock that was set back does not stop it for longer than an hour.
      if (source === null || Math.abs(now() - source.askedAt) < ASK_EVERY) return;
      // Before it is asked: a worker that is killed over the answer does not ask more often.
      await settings.changeRateSource(source, { askedAt: now() });
      try {
        const rate = await this.#ask(source);
        await settings.changeRateSource(source, { at: now(), fault: null }, rate);
      } catch (failure) {
        const { key, args } = faultOf(failure);
        await settings.changeRateSource(source, { fault: { key, args: [...args] } });
      }
      notifyPages();
    });
  }

  async #ask({ url, path }: RateSource): Promise<string> {
    const { ask, mayAsk } = this.#ports;
    const source = { url, path };
    if (!(await mayAsk(source))) throw new Fault('fault_rateForbidden', [new URL(url).host]);
    return ask(source);
  }
}
