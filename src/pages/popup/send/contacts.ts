import type { RecipientView } from '../../../messages/send.ts';
import type { PlainSettings } from '../../../messages/settings.ts';

export const LONGEST_NAME = 40;

/** Returns the names of accounts after one was given, changed, or removed (by an empty name); null where nothing changes. */
export function withName(
  recipients: readonly RecipientView[],
  account: string,
  name: string,
): PlainSettings['contacts'] | null {
  const given = name.trim();
  const before = recipients.find((one) => one.account === account)?.name ?? '';
  if (given === before) return null;
  const others = recipients.flatMap((one) =>
    one.name === null || one.account === account ? [] : [{ account: one.account, name: one.name }],
  );
  return given === '' ? others : [...others, { account, name: given }];
}
