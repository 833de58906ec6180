/** What can be the value of a header and of a header rule: printable ASCII without spaces. */
const TOKEN = /^[\x21-\x7e]{1,256}$/;

/**
 * Reads the token that a server wants to see as `X-Nano-Represent` beside the same proof (docs/WIRE.md §11.3). Undefined
 * for a text that no header could carry.
 */
export function readRepresent(value: string | undefined): string | undefined {
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}
