import type { UseView } from '../../messages/budget.ts';
import { spentWords } from '../budget-words.ts';
import { shareUsed, WHOLE } from '../uses.ts';

/** The spent part of a limit as a bar with a text. */
export function Meter({ use }: { readonly use: UseView }) {
  const words = spentWords(use);
  return (
    <div class="meter" data-raw={use.spent} data-limit={use.limit} data-mark={use.mark} data-testid="meter">
      <progress max={WHOLE} value={shareUsed(use)} aria-label={words} />
      <span class="hint" aria-hidden="true">
        {words}
      </span>
    </div>
  );
}
