import type { PageHandlersOf } from '../../messages/router.ts';
import { recentRecipients } from '../../storage/activity.ts';
import type { HandlerParts } from './parts.ts';

/** How many accounts that were paid last are offered. */
const RECENT = 5;

export function sendHandlers({ sendDraft, settings, database }: HandlerParts): PageHandlersOf<'send'> {
  return {
    'send.draft': () => sendDraft.read(),
    'send.keepDraft': async (draft) => {
      await sendDraft.keep(draft);
      return null;
    },
    'send.recipients': async () => {
      const names = new Map((await settings.read('contacts')).map(({ account, name }) => [account, name]));
      const recent = await recentRecipients(database, (await settings.network()).id, RECENT);
      return [...new Set<string>([...recent, ...names.keys()])].map((account) => ({
        account,
        name: names.get(account) ?? null,
      }));
    },
  };
}
