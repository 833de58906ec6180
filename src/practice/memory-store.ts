import type { SessionStore } from '../interception/open-challenges.ts';
import type { PrivateStore } from '../storage/private-parts.ts';

/** A session store that ends with its page. */
export function memoryStore(): SessionStore & PrivateStore {
  const kept = new Map<string, unknown>();
  return {
    read: async (prefix?: string) => new Map([...kept].filter(([key]) => key.startsWith(prefix ?? ''))),
    write: async (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
    remove: async (keys: readonly string[]) => {
      for (const key of keys) kept.delete(key);
    },
  };
}
