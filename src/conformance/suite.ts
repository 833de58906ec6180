import { Fault } from '../fault.ts';
import { addRaw, type Raw, ZERO } from '../nano/amount.ts';
import type { Clock } from '../nano/clock.ts';
import type { EntryMechanism } from '../protocol/offer/offer.ts';
import { readUrl } from '../protocol/offer/origin.ts';
import { type Exchange, Inconclusive } from './exchange.ts';
import type { Money, Send } from './ports.ts';
import { type Finding, inconclusive, notApplicable, type Probe, skipped, type Verdict } from './probe.ts';
import { ProbeRun } from './probe-run.ts';
import { PROBES } from './probes/index.ts';
import { sentence } from './sentence.ts';
import { type Inspection, inspectionOf, type Target } from './target.ts';
import { GENTLE_PACE, Wire } from './wire.ts';

/** One probe of one way to pay, or of the endpoint as a whole. */
export interface Step {
  readonly probe: Probe;
  /** Null for a probe of the endpoint, and for one that nothing offered here is for. */
  readonly mechanism: EntryMechanism | null;
  /** The most it can cost (raw); null for what needs no money. */
  readonly cost: Raw | null;
  readonly run: (probeRun: ProbeRun) => Promise<Verdict>;
}

/** What a run would do, known before it does anything. */
export interface Plan {
  readonly steps: readonly Step[];
  /** The most that all of it can cost (raw). */
  readonly cost: Raw;
}

export interface ConformanceSuiteParts {
  readonly target: Target;
  /** CAIP-2 id of the network that offers are for. */
  readonly network: string;
  readonly send: Send;
  readonly clock: Clock;
  /** The least time between requests (ms); `GENTLE_PACE` unless told. */
  readonly pace?: number;
}

/** Inspects an endpoint, then runs the probes on it, one request at a time. */
export class ConformanceSuite {
  readonly #parts: ConformanceSuiteParts;
  readonly #wire: Wire;

  /** @throws RangeError for a target that is no web address, or a failing URL of another origin */
  constructor(parts: ConformanceSuiteParts) {
    const { target, send, clock, pace = GENTLE_PACE } = parts;
    const origin = readUrl(target.url)?.origin;
    if (origin === undefined || origin === 'null') throw new RangeError('no address of a server');
    this.#parts = parts;
    this.#wire = new Wire({ send, clock, origin, pace });
  }

  /** Asks once without paying, and reads the answer. */
  async inspect(signal: AbortSignal): Promise<Inspection> {
    const { target, network, clock } = this.#parts;
    const { method, url, headers, body } = target;
    const arrivedAt = clock.now();
    const { received } = await this.#wire.send({ method, url, headers, body }, signal);
    return inspectionOf(received, url, network, arrivedAt);
  }

  /**
   * Runs a plan and gives each finding as it comes. Without money, what costs something is passed over. Ends with the
   * signal's reason when that is aborted; what the running probe had handed out is taken back first.
   */
  async *run(
    plan: Plan,
    inspection: Inspection,
    money: Money | null,
    signal: AbortSignal,
  ): AsyncGenerator<Finding> {
    const earlier: Exchange[] = [];
    for (const step of plan.steps) {
      signal.throwIfAborted();
      const finding = await this.#take(step, inspection, money, earlier, signal);
      earlier.push(...finding.exchanges);
      yield finding;
    }
  }

  async #take(
    step: Step,
    inspection: Inspection,
    money: Money | null,
    earlier: readonly Exchange[],
    signal: AbortSignal,
  ): Promise<Finding> {
    const { probe, mechanism, cost } = step;
    const { target, network, clock } = this.#parts;
    const limit = cost ?? ZERO;
    const probeRun = new ProbeRun({
      target,
      network,
      inspection,
      wire: this.#wire,
      money,
      limit,
      clock,
      signal,
      earlier,
    });
    const unpaid = cost !== null && money === null;
    const verdict = unpaid ? unagreed : await verdictOf(step, probeRun, signal);
    const severity = verdict.kind === 'fail' ? (verdict.severity ?? probe.severity) : null;
    return { probe, mechanism, verdict, severity, exchanges: probeRun.exchanges, spent: probeRun.spent };
  }
}

const unagreed = skipped(sentence('probe_needsPayment'));

async function verdictOf({ run }: Step, probeRun: ProbeRun, signal: AbortSignal): Promise<Verdict> {
  try {
    return await run(probeRun);
  } catch (failure) {
    signal.throwIfAborted();
    if (failure instanceof Inconclusive) return inconclusive(failure.because);
    if (failure instanceof Fault) return inconclusive(sentence('probe_walletFailed', { fault: failure }));
    throw failure;
  } finally {
    await probeRun.recallAll();
  }
}

/** What is to be done at an endpoint that offers this. */
export function planOf({ probed }: Inspection, probes: readonly Probe[] = PROBES): Plan {
  const steps = probes.flatMap((probe): readonly Step[] => {
    if (probe.of === 'endpoint') {
      return [{ probe, mechanism: null, cost: null, run: (probeRun) => probe.run(probeRun) }];
    }
    const fitting = probed.filter(({ mechanism }) => probe.mechanisms.includes(mechanism));
    if (fitting.length === 0) return [{ probe, mechanism: null, cost: null, run: async () => nothingFits }];
    return fitting.map((offer) => ({
      probe,
      mechanism: offer.mechanism,
      cost: probe.cost(offer),
      run: (probeRun) => probe.run(probeRun, offer),
    }));
  });
  return { steps, cost: steps.reduce((sum, { cost }) => addRaw(sum, cost ?? ZERO), ZERO) };
}

const nothingFits = notApplicable(sentence('probe_noSuchOffer'));
