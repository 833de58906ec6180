/** How hard a password is to guess: a rough count of bits, never more generous than the parts it is made of. */
import type { MessageKey } from '../fault.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

export interface PasswordStrength {
  /** 0 is guessed at once, 4 is out of reach. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** What would make it better; null when it is good. */
  readonly advice: Extract<MessageKey, `password_${string}`> | null;
}

/** The least score of a password that may guard a seed: what is guessed at once is refused, what is weak is said. */
export const LEAST_SCORE = 1;
/** From this score on there is nothing to advise. */
const GOOD_SCORE = 3;

/** Bits at which the score goes up. Each guess costs an attacker one Argon2id of the vault. */
const STEPS = [18, 30, 48, 66] as const;

const FORWARD = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
];
const ROWS = [...FORWARD, ...FORWARD.map((keys) => [...keys].reverse().join(''))];
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const WORDS = [...COMMON_PASSWORDS].sort((a, b) => b.length - a.length);
const SHORTEST_PATTERN = 3;
const MOST_CHARACTERS = 128;

interface Part {
  readonly kind: 'common' | 'pattern' | 'plain';
  readonly length: number;
  readonly bits: number;
}

/** Estimates the strength of a password as it is typed. */
export function passwordStrength(password: string): PasswordStrength {
  const text = password.normalize('NFKC').slice(0, MOST_CHARACTERS);
  const lower = text.toLowerCase();
  const once = /^(.+?)\1+$/s.exec(lower)?.[1] ?? lower;
  const parts = partsOf(once);
  const capitals = lower === text ? 0 : 1;
  const bits = parts.reduce((sum, part) => sum + part.bits, capitals);
  const score = scoreOf(bits);
  if (score >= GOOD_SCORE) return { score, advice: null };
  if (parts.some(({ kind }) => kind === 'common')) return { score, advice: 'password_common' };
  const patterned = once !== lower || parts.some(({ kind }) => kind === 'pattern');
  return { score, advice: patterned ? 'password_pattern' : 'password_longer' };
}

function scoreOf(bits: number): PasswordStrength['score'] {
  const [one, two, three, four] = STEPS;
  if (bits < one) return 0;
  if (bits < two) return 1;
  if (bits < three) return 2;
  return bits < four ? 3 : 4;
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const part = commonWord(rest) ?? repeat(rest) ?? row(rest) ?? character(rest);
    parts.push(part);
    at += part.length;
  }
  return parts;
}

function commonWord(rest: string): Part | undefined {
  const plain = rest.replace(/./gs, (character) => LOOK_ALIKES[character] ?? character);
  const word = WORDS.find((each) => rest.startsWith(each) || plain.startsWith(each));
  return word === undefined ? undefined : { kind: 'common', length: word.length, bits: 8 };
}

function repeat(rest: string): Part | undefined {
  const length = /^(.)\1*/su.exec(rest)?.[0].length ?? 0;
  return length < SHORTEST_PATTERN ? undefined : { kind: 'pattern', length, bits: 5 + Math.log2(length) };
}

/** Neighbours on the keyboard or in the alphabet, in either direction. */
function row(rest: string): Part | undefined {
  const lengths = ROWS.map((keys) => {
    const from = keys.indexOf(rest.charAt(0));
    let length = from < 0 ? 0 : 1;
    while (length > 0 && rest.charAt(length) !== '' && rest.charAt(length) === keys.charAt(from + length))
      length++;
    return length;
  });
  const length = Math.max(...lengths);
  return length < SHORTEST_PATTERN ? undefined : { kind: 'pattern', length, bits: 4 + Math.log2(length) };
}

/** One character that is part of nothing known. Letters are worth less than chance, since people write words. */
function character(rest: string): Part {
  const [first = ''] = rest;
  const bits = /[a-z]/.test(first) ? 4 : /[0-9]/.test(first) ? 3.3 : 5;
  return { kind: 'plain', length: first.length, bits };
}
