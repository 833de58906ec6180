import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n.ts';

/** What the site says of the thing that it sells: two lines, and the rest when the user wants it. */
export function SiteWords({ text }: { readonly text: string }) {
  const quote = useRef<HTMLQuoteElement>(null);
  const isLong = useSignal(false);
  const whole = useSignal(false);
  useLayoutEffect(() => {
    const element = quote.current;
    if (element !== null && !whole.value) isLong.value = element.scrollHeight > element.clientHeight;
  }, [text]);
  return (
    <figure class="description">
      <figcaption>{t('approve_description')}</figcaption>
      <blockquote ref={quote} class={whole.value ? undefined : 'clamped'}>
        <bdi dir="auto">{text}</bdi>
      </blockquote>
      {isLong.value && (
        <button
          type="button"
          class="link"
          aria-expanded={whole.value}
          data-testid="approval-words-more"
          onClick={() => {
            whole.value = !whole.value;
          }}
        >
          {t(whole.value ? 'ui_showLess' : 'ui_showFull')}
        </button>
      )}
    </figure>
  );
}
