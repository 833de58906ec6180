import { hashBearer } from './hash-bearer.ts';
import { nanoSession } from './nano-session.ts';
import { nanoSignature } from './nano-signature.ts';
import { nymChallenge } from './nym-challenge.ts';
import { signedBlock } from './signed-block.ts';
import { trackA } from './track-a.ts';
import { trackB } from './track-b.ts';

/**
 * Every mechanism: those of entries in the order of preference (docs/WIRE.md §3.10), in which those that pay first come
 * before those that hand over a signed block; then the one of plain headers. Names, codes, rules, labels, schemas and the
 * type `Offer` derive from this list.
 */
export const mechanisms = [
  nanoSession,
  nymChallenge,
  trackB,
  nanoSignature,
  trackA,
  signedBlock,
  hashBearer,
] as const;

/** What an offer is called when a mechanism recognises it (docs/WIRE.md §3.10). */
export type MechanismCode = (typeof mechanisms)[number]['code'];

/** The codes of the mechanisms of entries. */
export const entryCodes: readonly MechanismCode[] = mechanisms
  .filter(({ way }) => way !== 'bearer')
  .map(({ code }) => code);
