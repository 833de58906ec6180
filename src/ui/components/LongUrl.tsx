import { useSignal } from '@preact/signals';
import { t } from '../i18n.ts';

const HEAD = 72;
const TAIL = 24;

/** A URL, whole when it is short; a long one by its two ends until asked, so that it pushes nothing out of sight. */
export function LongUrl({ url }: { readonly url: string }) {
  const whole = useSignal(false);
  if (url.length <= HEAD + TAIL) return <Url text={url} />;
  return (
    <>
      <Url text={whole.value ? url : `${url.slice(0, HEAD)}…${url.slice(-TAIL)}`} />{' '}
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

function Url({ text }: { readonly text: string }) {
  return (
    <bdi dir="ltr" class="code">
      {text}
    </bdi>
  );
}
