import { nanoSession } from './nano-session.ts';
import { nanoSignature } from './nano-signature.ts';
import { nymChallenge } from './nym-challenge.ts';
import { signedBlock } from './signed-block.ts';
import { trackA } from './track-a.ts';
import { trackB } from './track-b.ts';

/**
 * Every mechanism, in the order of preference (docs/WIRE.md §3.10): those that pay first before those that hand over a
 * signed block. Names, codes, rules, labels, schemas and the type `Offer` derive from this list.
 */
export const mechanisms = [nanoSession, nymChallenge, trackB, nanoSignature, trackA, signedBlock] as const;

/** What an entry of `accepts` is called when a mechanism recognises it (docs/WIRE.md §3.10). */
export type MechanismCode = (typeof mechanisms)[number]['code'];

export const mechanismCodes: readonly MechanismCode[] = mechanisms.map(({ code }) => code);
