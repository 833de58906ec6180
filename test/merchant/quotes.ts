import { isDeepStrictEqual } from 'node:util';
import type { AcceptsEntry } from './envelope.ts';

/**
 * The entries issued for each URL by mechanisms whose entries carry no id to look them up by. An echo is taken for one
 * of them only when it is the same, key for key (docs/WIRE.md §1.1, "Matching").
 */
export class Quotes {
  readonly #byUrl = new Map<string, AcceptsEntry[]>();

  /** Remembers an entry as issued; the same one twice is one. */
  issue(url: string, entry: AcceptsEntry): AcceptsEntry {
    const issued = this.#byUrl.get(url) ?? [];
    if (!issued.some((known) => isDeepStrictEqual(known, entry))) issued.push(entry);
    this.#byUrl.set(url, issued);
    return entry;
  }

  /** Our own copy of an echoed entry. */
  find(url: string, accepted: object): AcceptsEntry | undefined {
    return this.#byUrl.get(url)?.find((known) => isDeepStrictEqual(known, accepted));
  }
}
