import { dependencies, operands, type Word } from './words.ts';

/** How a machine spells the operations on words, as WebAssembly text. */
export interface Spelling {
  constant(value: bigint): string;
  add(left: string, right: string): string;
  xor(left: string, right: string): string;
  rotr(word: string, by: number): string;
}

/** Straight-line code that computes a word. */
interface Code {
  /** Names of the locals the code uses beside its inputs. */
  readonly locals: readonly string[];
  /** What depends on the root alone, and so is computed once per call. */
  readonly once: readonly string[];
  /** What depends on the nonce, and so is computed at every step. */
  readonly everyStep: readonly string[];
  /** The expression of the word itself, valid after both. */
  readonly value: string;
}

/**
 * Writes the operations that make `result`, each once, into as few locals as there are words alive at a time.
 * Inputs are read from the locals of their names.
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
  /** A local of a word that changes at every step is free again after the last read; the others outlive the loop. */
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
