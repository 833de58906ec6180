/** The list of the faults that no test notices, with a reason each. */
import * as v from 'valibot';

const survivor = {
  file: v.string(),
  /** The line of the source, without its indentation: it names the place also after lines moved. */
  line: v.string(),
  original: v.string(),
  replacement: v.string(),
};

/** `survivors.json`. */
export const SurvivorsSchema = v.array(
  v.object({ ...survivor, reason: v.pipe(v.string(), v.minLength(10)) }),
);

export interface Survivor {
  readonly file: string;
  readonly line: string;
  readonly original: string;
  readonly replacement: string;
}

const keyOf = ({ file, line, original, replacement }: Survivor): string =>
  JSON.stringify([file, line, original, replacement]);

/**
 * Compares what survived with the list: survivors that have no reason, and reasons whose mutant is noticed now. A line
 * may hold the same fault twice; one reason is for all of them.
 */
export function explainSurvivors(
  found: readonly Survivor[],
  listed: readonly Survivor[],
): { readonly unexplained: readonly Survivor[]; readonly gone: readonly Survivor[] } {
  const survived = new Set(found.map(keyOf));
  const explained = new Set(listed.map(keyOf));
  return {
    unexplained: found.filter((one) => !explained.has(keyOf(one))),
    gone: listed.filter((one) => !survived.has(keyOf(one))),
  };
}
