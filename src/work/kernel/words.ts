/**
 * Arithmetic on 64-bit words that are not known yet. The hash of the kernel is written once, plainly, over these
 * words; building it folds what is known when the kernel is generated, and each word remembers what it depends on, so
 * that what only depends on the root leaves the search loop and what nothing reads is never written.
 */

/** What a word depends on: nothing, the root of one search, or the nonce that changes with every step. */
type Reach = 'constant' | 'root' | 'nonce';

type Operation =
  | { readonly op: 'constant'; readonly reach: 'constant'; readonly value: bigint }
  | { readonly op: 'input'; readonly reach: Reach; readonly name: string }
  | { readonly op: 'add' | 'xor'; readonly reach: Reach; readonly left: Word; readonly right: Word }
  | { readonly op: 'rotr'; readonly reach: Reach; readonly of: Word; readonly by: number };

/** A word of the hash, as the tree of operations that makes it. `nth` tells in what order words were made. */
export type Word = Operation & { readonly nth: number };

const reaches: readonly Reach[] = ['constant', 'root', 'nonce'];
const rank = (word: Word): number => reaches.indexOf(word.reach);

let made = 0;
const word = (operation: Operation): Word => ({ ...operation, nth: made++ });

/** A word known when the kernel is generated. */
export const constant = (value: bigint): Word =>
  word({ op: 'constant', reach: 'constant', value: BigInt.asUintN(64, value) });

/** A word the running kernel is given. */
export const input = (name: string, reach: Reach): Word => word({ op: 'input', reach, name });

/** The sum modulo 2^64. Terms that are known earlier are added first. */
export const add = (...terms: readonly Word[]): Word => combine('add', (a, b) => a + b, terms);

/** The exclusive or. Terms that are known earlier are combined first. */
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

/** Every word that `root` is made of and itself, each once, in the order in which they were made. */
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

/** The words an operation reads. */
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
