import { describe, expect, test } from 'vitest';
import type { SendDraftView } from '../messages/send.ts';
import { type DraftStore, SendDraft } from './send-draft.ts';

const DRAFT: SendDraftView = { to: 'nano_1', amount: '0,5', everything: false };

/** A store in memory, and a purse that can be locked. */
function open() {
  const state = { kept: undefined as unknown, unlocked: true };
  const store: DraftStore = {
    read: async () => state.kept,
    write: async (draft) => {
      state.kept = draft;
    },
    remove: async () => {
      state.kept = undefined;
    },
  };
  return { state, draft: new SendDraft({ store, isUnlocked: async () => state.unlocked }) };
}

describe('what was typed into Send', () => {
  test('is kept until it is cleared', async () => {
    const { draft } = open();
    expect(await draft.read()).toBeNull();
    await draft.keep(DRAFT);
    expect(await draft.read()).toEqual(DRAFT);
    await draft.clear();
    expect(await draft.read()).toBeNull();
  });

  test('is not kept where a lock came in between', async () => {
    const { state, draft } = open();
    state.unlocked = false;
    await draft.keep(DRAFT);
    expect(state.kept).toBeUndefined();
  });

  test.each([[{ ...DRAFT, amount: 5 }], [{ to: 'nano_1' }], ['text'], [null]])(
    'is nothing where the store has %j',
    async (kept) => {
      const { state, draft } = open();
      state.kept = kept;
      expect(await draft.read()).toBeNull();
    },
  );
});
