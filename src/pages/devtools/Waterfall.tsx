import { t } from '../../ui/i18n.ts';
import { lengthOf, type Span } from './waterfall.ts';

/** The spans of an exchange as bars, each with its duration as text. */
export function Waterfall({ spans }: { readonly spans: readonly Span[] }) {
  const whole = lengthOf(spans);
  const [first] = spans;
  if (first === undefined) return <p class="hint">{t('devtools_noTime')}</p>;
  const percent = (ms: number) => (ms / whole) * 100;
  return (
    <ol class="waterfall" data-testid="waterfall">
      {spans.map(({ name, from, to }) => (
        <li key={`${name} ${from}`} data-span={name}>
          <span>{t(name)}</span>
          <svg class="waterfall-track" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect x={percent(from - first.from)} width={Math.max(percent(to - from), 0.5)} height="1" />
          </svg>
          <span class="waterfall-ms">{t('devtools_ms', { duration: String(to - from) })}</span>
        </li>
      ))}
      <li class="waterfall-whole">
        <span>{t('devtools_whole')}</span>
        <span />
        <span class="waterfall-ms">{t('devtools_ms', { duration: String(whole) })}</span>
      </li>
    </ol>
  );
}
