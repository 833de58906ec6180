import { t } from '../i18n.ts';
import { useNow } from '../now.ts';
import { clock } from '../time.ts';
import { Icon } from './Icon.tsx';

/** How long the offer still lives. Silent: a screen reader would have to say it every second. */
export function Countdown({ until }: { readonly until: number }) {
  const left = until - useNow(500).value;
  return (
    <span class={left < 15_000 ? 'countdown countdown-short' : 'countdown'} role="timer" aria-live="off">
      <Icon name="clock" />
      {left > 0 ? t('approve_timeLeft', { time: clock(left) }) : t('approve_expiredShort')}
    </span>
  );
}
