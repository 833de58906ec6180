import type { Json } from '../wire/json.ts';

const MAX_ID = 256;

/** Reads the id of a session or challenge: a text that is neither empty nor long. */
export function readId(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_ID ? value : undefined;
}
