import { t } from '../i18n.ts';
import { lasting } from '../time.ts';

/** Says by how much the clock of a site is ahead of this device's (ms), or behind it. */
export function ClockSkew({ ms }: { readonly ms: number }) {
  const words = { time: lasting(Math.abs(ms)) };
  return (
    <span data-testid="clock-skew" data-ms={ms}>
      {ms > 0 ? t('ui_clockAhead', words) : t('ui_clockBehind', words)}
    </span>
  );
}
