import type { Finding } from '../../src/conformance/probe.ts';
import { FAULTS, type FaultName, REFERENCE_HOLES } from '../merchant/faults.ts';
import type { MechanismName } from '../merchant/mechanisms/mechanism.ts';
import type { SellerName } from '../merchant/sellers/table.ts';
import { inEnglish } from './english.ts';
import type { Subject } from './laboratory.ts';

/** Every way to be paid that has a reference server. */
export const MECHANISMS = Object.keys(REFERENCE_HOLES).filter(isReferenced);

/** Where a fault shows: with nanoSession, unless it is another mechanism's own. */
const SHOWN_BY: Readonly<Partial<Record<FaultName, MechanismName>>> = {
  'nonce-binding': 'trackB',
  unsigned: 'trackB',
  'cheque-amount': 'signedBlock',
  'cheque-link': 'trackA',
  'cheque-signature': 'trackA',
  'stale-frontier': 'trackA',
  'url-binding': 'nanoSignature',
  'any-signer': 'nanoSignature',
  'twin-cheques': 'signedBlock',
  'charges-failures': 'trackA',
  'any-version': 'signedBlock',
  'echoed-terms': 'signedBlock',
  'any-asset': 'signedBlock',
  'any-block': 'signedBlock',
  'unopened-account': 'signedBlock',
  'weak-work': 'signedBlock',
};

const IDENTIFIED = '&paymentIdentifier=required';
const QUERIES: Readonly<Partial<Record<FaultName, string>>> = {
  'identifier-optional': IDENTIFIED,
  'identifier-conflict': IDENTIFIED,
  'identifier-forgets': IDENTIFIED,
};

/** A merchant, and the probes that must find something wrong with it; but for those that may, no others do. */
export interface Case {
  readonly name: string;
  readonly subject: Subject;
  readonly found: readonly string[];
  /** Other probes that may find the same thing from another side. */
  readonly also: readonly string[];
}

/** What some faults break besides the rule that they are named for. */
const ALSO: Readonly<Partial<Record<FaultName, readonly string[]>>> = {
  // The same id again is the most guessable of all.
  'reused-offer': ['T4'],
  'unknown-session': ['T8', 'T10'],
  // A session that was over is made up again.
  spoof: ['T10'],
  // Another's nonce and another's signature are as good as the payer's own.
  'nonce-binding': ['T22', 'T26'],
  'any-signer': ['T25'],
  'cheque-amount': ['T24'],
  // Nothing is ever spent: neither the proof nor its block.
  replay: ['T20', 'T21', 'T27'],
  resale: ['T22', 'T24'],
  steal: ['T24'],
  // Tags are far below what a double can tell from nothing.
  amount: ['T22'],
  'identifier-conflict': ['T20', 'T21'],
  'identifier-forgets': ['T32'],
  // Every first proof is accepted, garbage too, and nothing is served in the end.
  'pending-drops': ['T33', 'T36'],
  'takes-and-refuses': ['T23'],
  // A payload without a proof is garbage as well.
  'any-block': ['T5'],
  // Whatever is said back is believed.
  'echoed-terms': ['T11', 'T40'],
};

/** One merchant for each fault there is. */
export const FAULTY: readonly Case[] = (Object.keys(FAULTS) as FaultName[]).map((fault) => ({
  name: fault,
  subject: { mechanism: SHOWN_BY[fault] ?? 'nanoSession', faults: [fault], query: QUERIES[fault] ?? '' },
  found: [FAULTS[fault][0]],
  also: ALSO[fault] ?? [],
}));

/** The mechanisms whose reference servers answer a proof with 404 or 410, and say nothing of caches. */
const SAYS_NOTHING: readonly MechanismName[] = ['nanoSession', 'trackB', 'trackA'];

/** What a merchant that takes proofs at another URL may do wrong there. */
const ELSEWHERE = { mechanism: 'trackB', path: '/api/demo/track-b/issue' } as const;
export const FAULTY_ELSEWHERE: readonly Case[] = (
  ['client-payee', 'magic-deposit', 'unsigned', 'replay', 'double-redeem'] as const
).map((fault) => ({
  name: `${fault}, where proofs go elsewhere`,
  subject: { ...ELSEWHERE, faults: [fault] },
  found: [FAULTS[fault][0]],
  also: ALSO[fault] ?? [],
}));

/** Merchants without a fault, one for each mechanism in either flavour. */
const FAULTLESS: readonly Case[] = (['spec', 'reference'] as const).flatMap((flavour) =>
  MECHANISMS.map((mechanism) => ({
    name: flavour === 'spec' ? mechanism : `${mechanism}, ${flavour}`,
    subject: { mechanism, flavour },
    found: flavour === 'reference' && SAYS_NOTHING.includes(mechanism) ? ['T34'] : [],
    also: [],
  })),
);

/** Those that lack nothing. */
export const SOUND: readonly Case[] = [
  ...FAULTLESS.filter(({ found }) => found.length === 0),
  { name: 'trackB, where proofs go elsewhere', subject: ELSEWHERE, found: [], also: [] },
];

/** Those that lack only what their reference servers leave unsaid. */
export const UNSAID: readonly Case[] = FAULTLESS.filter(({ found }) => found.length > 0);

/** The probes of what live sellers name: the nine checks of a signed block, and how a proof is served. */
export const OF_SELLERS = [
  ...['T15', 'T16', 'T17', 'T18', 'T19', 'T24'],
  ...['T38', 'T39', 'T40', 'T41', 'T42', 'T43'],
];
export const OF_DELIVERY = ['T35', 'T36'];

/** Live sellers that make all nine checks and serve at once, and what is wrong with them. */
export const CHECKING: readonly (readonly [SellerName, found: readonly string[]])[] = [
  ['brief', []],
  // It gives its reply again for ever, to whoever brings the proof.
  ['fsprobe', ['T19']],
  ['echo', []],
  ['demo402', []],
];

/** Live sellers that serve late, and what is wrong with them. */
export const DELIVERING: readonly (readonly [SellerName, found: readonly string[]])[] = [
  ['diagnose', []],
  ['search', []],
  ['csv', []],
  ['echo-slow', []],
  // It publishes the block, answers 500, and then takes the bare hash alone.
  ['geoip-500', ['T36']],
];

/** The reference servers, with the holes that they are known to have. */
export const REFERENCE: readonly Case[] = MECHANISMS.map((mechanism) => {
  const faults: readonly FaultName[] = REFERENCE_HOLES[mechanism];
  return {
    name: `${mechanism}, its reference server`,
    subject: { mechanism, flavour: 'reference', faults },
    found: [...new Set(faults.map((fault) => FAULTS[fault][0]))],
    also: ['T34', ...faults.flatMap((fault) => ALSO[fault] ?? [])],
  };
});

/** What is wrong with what was found at a merchant; empty when it is just what there is. */
export function flawsOf({ name, found, also }: Case, findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ probe: { id }, verdict }) => {
    const missed = found.includes(id) && verdict.kind !== 'fail';
    const invented = verdict.kind === 'fail' && !found.includes(id) && !also.includes(id);
    const unsure = found.length === 0 && verdict.kind === 'inconclusive';
    if (!missed && !invented && !unsure) return [];
    return [`${name}: ${id} ${verdict.kind}: ${inEnglish(verdict.because)}`];
  });
}

function isReferenced(name: string): name is keyof typeof REFERENCE_HOLES {
  return Object.hasOwn(REFERENCE_HOLES, name);
}
