import { dependencies, operands, type Word } from './words.ts';

/** The operations on words as WebAssembly text. Each kernel has its own. */
export interface Spelling {
  constant(value: bigint): string;
  add(left: string, right: string): string;
  xor(left: string, right: string): string;
  rotr(word: string, by: number): string;
}

/** Straight-line code that computes a word. */
interface Code {
  /** The names of the locals that the code uses in addition to its inputs. */
  readonly locals: readonly string[];
  /** Code that depends on the root alone, and runs once per call. */
  readonly once: readonly string[];
  /** Code that depends on the nonce, and runs at every step. */
  readonly everyStep: readonly string[];
  /** The expression of the word, valid after both. */
  readonly value: string;
}

/**
 * Writes the operations that compute `result`, each once. Uses as few locals as there are live words at a time. Reads
 * inputs from the locals of their names.
 */
export function lower(result: Word, spelling: Spelling): Code {
  const words = dependencies(result);
  const reads = new Map<Word, number>([[result, 1]]);
  for (const word of words)
    for (const operand of operands(word)) reads.set(operand, (reads.get(operand) ?? 0) + 1);

  const locals: string[] = [];
  const free: string[] = [];
  const homes = new Map<Word, string>();
  const code = { once: [] as string[], everyStep: [] as string[] };

  const read = (word: Word): string => {
    if (word.op === 'constant') return spelling.constant(word.value);
    if (word.op === 'input') return `(local.get $${word.name})`;
    const home = homes.get(word);
    if (home === undefined) throw new RangeError('a word is read before it is written');
    return `(local.get ${home})`;
  };
  const spell = (word: Word): string => {
    switch (word.op) {
      case 'constant':
      case 'input':
        return read(word);
      case 'rotr':
        return spelling.rotr(read(word.of), word.by);
      case 'add':
      case 'xor':
        return spelling[word.op](read(word.left), read(word.right));
    }
  };
  /**
   * Frees the local of a word after its last read if the word changes at every step. Other words live all loop long.
   */
  const release = (word: Word): void => {
    const left = (reads.get(word) ?? 0) - 1;
    reads.set(word, left);
    const home = homes.get(word);
    if (left === 0 && word.reach === 'nonce' && home !== undefined) free.push(home);
  };
  const newLocal = (): string => {
    const local = `$w${locals.length}`;
    locals.push(local);
    return local;
  };

  for (const word of words) {
    if (word.op === 'constant' || word.op === 'input') continue;
    const expression = spell(word);
    for (const operand of operands(word)) release(operand);
    const home = word.reach === 'nonce' ? (free.pop() ?? newLocal()) : newLocal();
    homes.set(word, home);
    code[word.reach === 'nonce' ? 'everyStep' : 'once'].push(`(local.set ${home} ${expression})`);
  }
  return { ...code, locals, value: read(result) };
}
