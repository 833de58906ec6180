/** A keyboard: for each key, by the character it writes, its neighbours, each with the characters that they write. */
export type Keyboard = Readonly<Record<string, readonly (string | null)[]>>;

/** A password counts as walked on the keyboard when its walks have at least this many keys on the average. */
const LONG_STEPS = 2.5;
const SHORTEST_WALK = 4;

/**
 * Returns a test for passwords that walk over neighbouring keys, repeat characters, or count, whole or in alternation
 * (`1a2b3c4d`), whatever number of rows and columns they join.
 */
export function keyWalks(keyboards: readonly Keyboard[]): (password: string) => boolean {
  const steps = keyboards.map(stepsOf);
  return (password) => {
    const keys = [...password.normalize('NFKC')];
    const isWalk = (walk: readonly string[]) =>
      walk.length >= SHORTEST_WALK &&
      steps.some((isStep) => walksOf(walk, isStep) * LONG_STEPS <= walk.length);
    return isWalk(keys) || [0, 1].every((odd) => isWalk(keys.filter((_, at) => at % 2 === odd)));
  };
}

type IsStep = (from: string, to: string) => boolean;

/** How many walks the keys consist of. */
function walksOf(keys: readonly string[], isStep: IsStep): number {
  return 1 + keys.slice(1).filter((key, at) => !isStep(keys[at] ?? '', key)).length;
}

function stepsOf(keyboard: Keyboard): IsStep {
  const neighbours = new Map(
    Object.entries(keyboard).map(([key, beside]) => [key, new Set(beside.join(''))] as const),
  );
  return (from, to) =>
    isNext(from.toLowerCase(), to.toLowerCase()) || (neighbours.get(from)?.has(to) ?? false);
}

/** The same character, or the next or last one in the alphabet or in counting. */
function isNext(from: string, to: string): boolean {
  if (from === to) return true;
  const [one, other] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
  const isDigits = /^\d$/.test(from) && /^\d$/.test(to);
  return isDigits
    ? [1, 9].includes(Math.abs(one - other))
    : /^\p{L}$/u.test(from) && /^\p{L}$/u.test(to) && Math.abs(one - other) === 1;
}
