import type { Rule } from '../../protocol/explain/rule.ts';
import { t } from '../../ui/i18n.ts';
import './wire.css';

interface VerdictProps {
  readonly good: boolean;
  /** The verdict in one or two words. */
  readonly label: string;
  /** What the classifier calls it. */
  readonly code: string | null;
  readonly rule: Rule | null;
}

/** How something was judged, and by which rule. */
export function Verdict({ good, label, code, rule }: VerdictProps) {
  return (
    <p class="verdict">
      <span class={good ? 'verdict-word verdict-good' : 'verdict-word verdict-bad'} data-testid="verdict">
        {label}
      </span>
      {code !== null && (
        <span class="code" data-testid="verdict-code">
          {code}
        </span>
      )}
      {rule !== null && (
        <span class="hint" data-testid="verdict-rule">
          {ruleName(rule)} · {rule.source}
        </span>
      )}
    </p>
  );
}

/** What the rule is called: the classifier numbers its own; before it comes the envelope, after it the purse. */
function ruleName({ number }: Rule): string {
  if (number === 0) return t('ui_wireEnvelopeRule');
  return number === 9 ? t('ui_wireOwnRule') : t('ui_wireRule', { number: String(number) });
}
