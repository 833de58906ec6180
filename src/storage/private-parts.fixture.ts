/** For tests: a store of private parts in memory, which a test can open several times like restarted workers. */
import { PrivateParts, type PrivateStore } from './private-parts.ts';

/** A store in memory that shows its texts. */
export function memorySession(): PrivateStore & { readonly texts: Map<string, unknown> } {
  const texts = new Map<string, unknown>();
  return {
    texts,
    read: async () => new Map(texts),
    write: async (id, text) => void texts.set(id, text),
    remove: async (ids) => {
      for (const id of ids) texts.delete(id);
    },
  };
}

/** The private parts of a browser that has just started: none. */
export const noParts = (): Promise<PrivateParts> => PrivateParts.open(memorySession());
