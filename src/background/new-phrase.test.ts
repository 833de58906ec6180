import { describe, expect, test } from 'vitest';
import { NewPhrase, type PhraseStore } from './new-phrase.ts';

/** What the browser keeps in memory, over the lives of the worker. */
function memory(kept?: unknown): PhraseStore & { kept: unknown } {
  return {
    kept,
    async read() {
      return this.kept;
    },
    async write(words) {
      this.kept = words;
    },
    async remove() {
      this.kept = undefined;
    },
  };
}

describe('the recovery phrase of a wallet that is being created', () => {
  test('is the same for a page that is loaded again, and for a worker that was started again', async () => {
    const store = memory();
    const words = await new NewPhrase(store).words();
    expect(words.split(' ')).toHaveLength(24);
    expect(await new NewPhrase(store).words()).toBe(words);
  });

  test('is another one once there was a wallet', async () => {
    const phrase = new NewPhrase(memory());
    const words = await phrase.words();
    await phrase.forget();
    expect(await phrase.words()).not.toBe(words);
  });

  test.each([undefined, 7, '', 'edge defense', Array(24).fill('abandon').join(' ')])(
    'is drawn anew where %j is kept',
    async (kept) => {
      const words = await new NewPhrase(memory(kept)).words();
      expect(words.split(' ')).toHaveLength(24);
      expect(words).not.toBe(kept);
    },
  );
});
