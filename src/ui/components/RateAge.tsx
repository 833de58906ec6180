import { t } from '../i18n.ts';
import { useNow } from '../now.ts';
import { ago } from '../time.ts';

/** The least age that is told (ms): a younger rate is of this minute, too. */
const LEAST = 60_000;

/** Says how old a rate is. */
export function RateAge({ at }: { readonly at: number }) {
  const now = useNow(LEAST).value;
  return <span data-testid="rate-age">{t('ui_rateAge', { age: ago(Math.min(at, now - LEAST), now) })}</span>;
}
