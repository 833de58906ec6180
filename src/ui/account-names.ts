import { request } from '../messages/request.ts';
import type { PlainSettings } from '../messages/settings.ts';
import { invalidations } from './invalidations.ts';
import { type Query, query } from './query.ts';

let loaded: Query<PlainSettings['contacts']> | undefined;

/** Returns the user's name for an account; null where it has none. The names are loaded once for the whole page. */
export function useAccountName(account: string | null): string | null {
  loaded ??= query(() => request('settings.contacts', {}), invalidations);
  const contacts = loaded.answer.value;
  if (contacts.kind !== 'given') return null;
  return contacts.value.find((one) => one.account === account)?.name ?? null;
}
