import { useSignal } from '@preact/signals';
import { t } from '../i18n.ts';
import { shownUrl } from '../site.ts';

const HEAD = 56;
const TAIL = 24;

/**
 * A URL, with its server before path and query. A long one is shortened in its middle until its button is pressed, so
 * that it pushes nothing out of sight.
 */
export function LongUrl({ url }: { readonly url: string }) {
  const whole = useSignal(false);
  const { where, what } = shownUrl(url);
  const short = what.length <= HEAD + TAIL ? what : `${what.slice(0, HEAD)}…${what.slice(-TAIL)}`;
  const full = URL.canParse(url) ? new URL(url).origin : '';
  if (short === what && where === full) return <Url where={where} what={what} />;
  return (
    <>
      <Url where={whole.value ? full : where} what={whole.value ? what : short} />{' '}
      <button
        type="button"
        class="link"
        aria-expanded={whole.value}
        onClick={() => {
          whole.value = !whole.value;
        }}
      >
        {t(whole.value ? 'ui_showLess' : 'ui_showFull')}
      </button>
    </>
  );
}

function Url({ where, what }: { readonly where: string; readonly what: string }) {
  return (
    <bdi dir="ltr" class="code">
      {where}
      {what}
    </bdi>
  );
}
