/**
 * Symbolic arithmetic on 64-bit words, for the generation of the kernel. The hash is written once over these words.
 * Constants are folded while it is built. Each word knows what it depends on, so that code that depends on the root
 * alone is moved out of the search loop, and words that nothing reads produce no code.
 */

/** The inputs that a word depends on: none, the root of one search, or the nonce that changes at every step. */
type Reach = 'constant' | 'root' | 'nonce';

type Operation =
  | { readonly op: 'constant'; readonly reach: 'constant'; readonly value: bigint }
  | { readonly op: 'input'; readonly reach: Reach; readonly name: string }
  | { readonly op: 'add' | 'xor'; readonly reach: Reach; readonly left: Word; readonly right: Word }
  | { readonly op: 'rotr'; readonly reach: Reach; readonly of: Word; readonly by: number };

/** A word of the hash, as a tree of operations. `nth` is the position in the order of creation. */
export type Word = Operation & { readonly nth: number };

const reaches: readonly Reach[] = ['constant', 'root', 'nonce'];
const rank = (word: Word): number => reaches.indexOf(word.reach);

let made = 0;
const word = (operation: Operation): Word => ({ ...operation, nth: made++ });

/** A word whose value is known when the kernel is generated. */
export const constant = (value: bigint): Word =>
  word({ op: 'constant', reach: 'constant', value: BigInt.asUintN(64, value) });

/** A word that the running kernel gets as an input. */
export const input = (name: string, reach: Reach): Word => word({ op: 'input', reach, name });

/** The sum modulo 2^64. Adds constants first, then terms of the root, then those of the nonce. */
export const add = (...terms: readonly Word[]): Word => combine('add', (a, b) => a + b, terms);

/** The exclusive or. Combines constants first, then terms of the root, then those of the nonce. */
export const xor = (...terms: readonly Word[]): Word => combine('xor', (a, b) => a ^ b, terms);

/** The word rotated right by `by` bits. */
export function rotr(of: Word, by: number): Word {
  if (of.op !== 'constant') return word({ op: 'rotr', reach: of.reach, of, by });
  return constant((of.value >> BigInt(by)) | (of.value << BigInt(64 - by)));
}

function combine(op: 'add' | 'xor', fold: (a: bigint, b: bigint) => bigint, terms: readonly Word[]): Word {
  const earliestFirst = terms.toSorted((a, b) => rank(a) - rank(b));
  return earliestFirst.reduce((left, right) => {
    if (left.op === 'constant' && right.op === 'constant') return constant(fold(left.value, right.value));
    if (left.op === 'constant' && left.value === 0n) return right;
    return word({ op, reach: right.reach, left, right });
  });
}

/** Returns `root` and every word that it depends on, each once, in the order of creation. */
export function dependencies(root: Word): readonly Word[] {
  const seen = new Set<Word>();
  const visit = (word: Word): void => {
    if (seen.has(word)) return;
    seen.add(word);
    operands(word).forEach(visit);
  };
  visit(root);
  return [...seen].sort((a, b) => a.nth - b.nth);
}

/** The words that an operation reads. */
export function operands(word: Word): readonly Word[] {
  switch (word.op) {
    case 'constant':
    case 'input':
      return [];
    case 'rotr':
      return [word.of];
    case 'add':
    case 'xor':
      return [word.left, word.right];
  }
}
