import { t } from '../i18n.ts';
import { useNow } from '../now.ts';
import { clock } from '../time.ts';
import { Icon } from './Icon.tsx';

/** The time until an offer can no longer be paid. It is not a live region, because a screen reader would speak every second. */
export function Countdown({ until }: { readonly until: number }) {
  const left = until - useNow(500).value;
  return (
    <span class={left < 15_000 ? 'countdown countdown-short' : 'countdown'} role="timer" aria-live="off">
      <Icon name="clock" />
      {left > 0 ? t('approve_timeLeft', { time: clock(left) }) : t('approve_expiredShort')}
    </span>
  );
}
