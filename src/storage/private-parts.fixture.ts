/** For tests: the browser's session, as far as private parts go, and the lives of a worker over it. */
import { PrivateParts, type PrivateStore } from './private-parts.ts';

/** A session whose texts can be looked at. It ends when nobody holds it. */
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

/** The parts of a browser that has just begun. */
export const noParts = (): Promise<PrivateParts> => PrivateParts.open(memorySession());
