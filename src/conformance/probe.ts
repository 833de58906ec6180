import type { PlainMessageKey, Sentence } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import type { EntryMechanism, EntryOffer } from '../protocol/offer/offer.ts';
import type { Exchange } from './exchange.ts';
import type { ProbeRun } from './probe-run.ts';

/**
 * How much a failure matters. `critical`: goods or money can be lost, without any mistake of the other side; `warning`: they
 * can be lost under further conditions, or clients cannot pay; `note`: nothing can be lost, but the rule is broken.
 */
export type Severity = (typeof SEVERITIES)[number];

/** The worst first. */
export const SEVERITIES = ['critical', 'warning', 'note'] as const;

/**
 * What a probe found: the rule is kept, broken, does not apply, could not be judged, or was not looked at without a
 * payment. A failure that is milder than the worst of its probe names its own severity.
 */
export type Verdict =
  | { readonly kind: 'pass'; readonly because: Sentence }
  | { readonly kind: 'fail'; readonly because: Sentence; readonly severity?: Severity }
  | { readonly kind: 'notApplicable'; readonly because: Sentence }
  | { readonly kind: 'inconclusive'; readonly because: Sentence }
  | { readonly kind: 'skipped'; readonly because: Sentence };

interface Described {
  /** As docs/WIRE.md §5 numbers them. */
  readonly id: `T${number}`;
  /** What the server does that keeps the rule. */
  readonly title: PlainMessageKey;
  /** What the server must do. */
  readonly rule: PlainMessageKey;
  /** Who says so: names and sections of specifications. */
  readonly source: string;
  /** How much the worst failure of it matters. */
  readonly severity: Severity;
}

/** A probe of the endpoint as it stands, whatever it offers; it costs nothing. */
export interface EndpointProbe extends Described {
  readonly of: 'endpoint';
  run(probeRun: ProbeRun): Promise<Verdict>;
}

/** A probe of one way to pay; it is run for each one offered that it applies to. */
export interface OfferProbe extends Described {
  readonly of: 'offer';
  readonly mechanisms: readonly EntryMechanism[];
  /** The most it can cost on this offer (raw); null when it needs no money at all. */
  cost(offer: EntryOffer): Raw | null;
  run(probeRun: ProbeRun, offer: EntryOffer): Promise<Verdict>;
}

export type Probe = EndpointProbe | OfferProbe;

/** One probe's result, with everything that was sent and that came back. */
export interface Finding {
  readonly probe: Described;
  /** Null for what is asked of the endpoint as a whole. */
  readonly mechanism: EntryMechanism | null;
  readonly verdict: Verdict;
  /** How much the failure matters; null for any other verdict. */
  readonly severity: Severity | null;
  readonly exchanges: readonly Exchange[];
  /** What it really cost (raw). */
  readonly spent: Raw;
}

export const pass = (because: Sentence): Verdict => ({ kind: 'pass', because });
export const fail = (because: Sentence, severity?: Severity): Verdict => ({
  kind: 'fail',
  because,
  ...(severity !== undefined && { severity }),
});
export const notApplicable = (because: Sentence): Verdict => ({ kind: 'notApplicable', because });
export const skipped = (because: Sentence): Verdict => ({ kind: 'skipped', because });
export const inconclusive = (because: Sentence): Verdict => ({ kind: 'inconclusive', because });
