import type { RawString } from '../../messages/fields.ts';
import { shortXno, shownBeside, textOf } from '../format.ts';
import { t } from '../i18n.ts';
import { readAmount } from '../typed-amount.ts';

interface AvailableProps {
  /** Null while it is not known. */
  readonly balance: RawString | null;
  /** The amount as typed; empty where none is to be typed. */
  readonly typed: string;
}

/** How much can be sent. It reads as less than a typed amount that is more. */
export function Available({ balance, typed }: AvailableProps) {
  if (balance === null) return null;
  const reading = readAmount(typed);
  const amount =
    reading.kind === 'none'
      ? shortXno(balance, 'held')
      : textOf(shownBeside(balance, reading.raw.toString()));
  return (
    <p class="hint" data-testid="send-available">
      {t('popup_sendAvailable', { amount })}
    </p>
  );
}
