import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n.ts';
import { Button } from './Button.tsx';

const SAID_FOR = 2500;

/** A button that copies a text and reports the outcome. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const outcome = useSignal<'none' | 'copied' | 'failed'>('none');
  useEffect(() => {
    if (outcome.value !== 'copied') return undefined;
    const timer = setTimeout(() => {
      outcome.value = 'none';
    }, SAID_FOR);
    return () => clearTimeout(timer);
  }, [outcome.value]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      outcome.value = 'copied';
    } catch {
      outcome.value = 'failed';
    }
  };
  const copied = outcome.value === 'copied';
  return (
    <>
      <Button icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>
        {copied ? t('ui_copied') : label}
      </Button>
      <span role="status" class={outcome.value === 'failed' ? 'hint' : 'unseen'}>
        {outcome.value === 'copied' && t('ui_copied')}
        {outcome.value === 'failed' && t('ui_copyFailed')}
      </span>
    </>
  );
}
