import type { Warning } from '../budget-words.ts';
import { Notice } from './Notice.tsx';

/** Warns that half of a budget or more is spent. */
export function UsedNotice({ warning }: { readonly warning: Warning }) {
  return (
    <Notice tone={warning.mark === 50 ? 'info' : 'warn'}>
      <p data-testid="used-warning" data-mark={warning.mark}>
        {warning.text}
      </p>
    </Notice>
  );
}
