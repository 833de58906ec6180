import type { Sentence } from '../fault.ts';
import { mustBeGranted, mustRefuse, worst } from './judgement.ts';
import type { Verdict } from './probe.ts';
import type { Change, ProbeRun } from './probe-run.ts';
import { sentence } from './sentence.ts';

/** A proof that must be refused, and what is wrong with it. */
export type Wrong = readonly [what: Sentence, proof: string];

/**
 * Presents wrong proofs of one good payment, and then the right one: that a wrong one is refused means something only
 * where the right one is granted.
 *
 * @throws Inconclusive when the right one is refused too
 */
export async function rejectsThenAccepts(
  probeRun: ProbeRun,
  right: string,
  wrongs: readonly Wrong[],
  change: Change = {},
): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const [what, proof] of wrongs) {
    const verdict = mustRefuse(await probeRun.present(proof, change), what);
    if (verdict.kind === 'fail') return verdict;
    verdicts.push(verdict);
  }
  mustBeGranted(await probeRun.present(right, change), sentence('probe_rightProof'));
  return worst(verdicts);
}
