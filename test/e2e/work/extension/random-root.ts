import { parseWorkRoot, type WorkRoot } from '../../../../src/work/difficulty.ts';

/** The root of no block. */
export function randomRoot(): WorkRoot {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return parseWorkRoot([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}
