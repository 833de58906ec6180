import { HANDED_OVER, type PaymentState, PUBLISHED, type Steps } from '../../src/payments/payment.ts';
import { mechanismNames, payFirstMechanisms } from '../../src/protocol/mechanisms/index.ts';
import type { MechanismName } from '../merchant/mechanisms/mechanism.ts';
import type { Journey } from './journeys.ts';
import * as journeys from './journeys.ts';
import type { KillCase, Surface } from './kill-run.ts';

/** One line of the matrix: a transition of the journal, or an effect outside of it. */
export interface Line {
  readonly point: string;
  readonly journey: Journey;
  /** The cases in which it happens; all by default. */
  readonly surface?: Surface;
}

/** A step of the table, or the beginning of a payment. */
export interface Transition {
  readonly from: PaymentState | null;
  readonly to: PaymentState;
}

export const SURFACES: readonly Surface[] = ['document', 'fetch'];
/** Every transition of the tables, and the creation of a payment. */
export function transitionsOf(table: Steps): readonly Transition[] {
  const states = Object.keys(table) as PaymentState[];
  const steps = states.flatMap((from) => table[from].map((to) => ({ from, to })));
  return [{ from: null, to: 'approved' }, ...steps];
}

const takenBack: Partial<Record<PaymentState, Journey>> = journeys.takenBack;

/** How a payment is brought to a transition. */
function journeyTo(table: Steps, { from, to }: Transition): Journey | undefined {
  switch (to) {
    case 'signed':
      if (from === 'signed') return journeys.overtaken;
      return from === 'published' ? journeys.outvoted : journeys.buys;
    case 'approved':
    case 'published':
    case 'confirmed':
    case 'proven':
    case 'settled':
      return journeys.buys;
    case 'delivered':
      if (from === 'refused') return journeys.deliveredAfterRefusal;
      return from === 'unanswered' ? journeys.deliveredAfterLoss : journeys.buys;
    case 'refused':
      return journeys.refused;
    case 'unanswered':
      return journeys.lost;
    case 'abandoned':
      if (from === 'signed') return journeys.overtakenForGood;
      return from === 'published' ? journeys.outvotedForGood : journeys.tooDear;
    case 'revoked':
      if (table === PUBLISHED) return journeys.tooLate;
      return from === null ? undefined : takenBack[from];
  }
}

function linesOf(table: Steps): readonly Line[] {
  return transitionsOf(table).map((transition) => {
    const { from, to } = transition;
    const point = `${from ?? 'start'} → ${to}`;
    const journey = journeyTo(table, transition);
    if (journey === undefined) throw new Error(`no journey leads to ${point}`);
    return { point, journey };
  });
}

const effect = (point: string, journey = journeys.buys): Line => ({ point, journey });

const DELIVERY: readonly Line[] = [
  effect('hear loss', journeys.brokenOff),
  effect('arm rule'),
  effect('end challenge'),
  { ...effect('reload page'), surface: 'document' },
  effect('send proof'),
  effect('disarm rule'),
  effect('hear answer'),
];

const REVOCATION: readonly Line[] = [
  effect('write replacement', journeys.takenBack.settled),
  effect('publish replacement', journeys.takenBack.settled),
];

const PUBLISHED_LINES: readonly Line[] = [
  effect('keep challenge'),
  effect('ask user', journeys.asked),
  ...linesOf(PUBLISHED),
  effect('publish block'),
  ...DELIVERY,
];

const HANDED_OVER_LINES: readonly Line[] = [
  effect('keep challenge'),
  effect('ask user', journeys.asked),
  ...linesOf(HANDED_OVER),
  ...DELIVERY,
  ...REVOCATION,
];

/** The mechanisms whose payments have the same life. */
export interface Part {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly mechanisms: readonly MechanismName[];
}

/** The whole matrix. */
export const PARTS: readonly [Part, Part] = [
  {
    title: 'The purse publishes the block',
    lines: PUBLISHED_LINES,
    mechanisms: mechanismNames.filter((mechanism) => payFirstMechanisms.has(mechanism)),
  },
  {
    title: 'The block is handed over',
    lines: HANDED_OVER_LINES,
    mechanisms: mechanismNames.filter((mechanism) => !payFirstMechanisms.has(mechanism)),
  },
];

/**
 * A private window: what names the site is kept in memory beside each step, and joined to its record again by the next
 * life of the worker.
 */
export const IN_PRIVATE: Part = {
  title: 'In a private window',
  lines: [
    effect('keep private part', journeys.inPrivate),
    ...linesOf(PUBLISHED)
      .filter(({ journey }) => journey === journeys.buys)
      .map(({ point }) => effect(point, journeys.inPrivate)),
  ],
  mechanisms: ['nanoSession'],
};

/**
 * Inside a budget a signed block comes from the pocket, without a question: where its money is reserved, where it is
 * signed, handed over and delivered, and where it is recalled.
 */
export const INSIDE_BUDGET: Part = {
  title: 'The block is handed over inside a budget',
  lines: [
    ...linesOf(HANDED_OVER)
      .filter(({ journey }) => journey === journeys.buys)
      .map(({ point }) => effect(point, journeys.buysFromPocket)),
    effect('settled → revoked', journeys.takenBackToPocket),
  ],
  mechanisms: ['signedBlock'],
};

/** The killCases of a line: every mechanism, on every surface, before and after. */
export function killCasesOf(
  { journey, point, surface: only }: Line,
  mechanisms: readonly MechanismName[],
): readonly KillCase[] {
  return mechanisms.flatMap((mechanism) =>
    SURFACES.filter((surface) => only === undefined || surface === only).flatMap((surface) =>
      (['before', 'after'] as const).map((when) => ({ journey, mechanism, surface, stop: { point, when } })),
    ),
  );
}
