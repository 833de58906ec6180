import type { Rule } from '../../protocol/offer/codes.ts';
import { t } from '../../ui/i18n.ts';
import './wire.css';

interface VerdictProps {
  readonly good: boolean;
  /** The verdict in one or two words. */
  readonly label: string;
  /** The code that the classifier gives. */
  readonly code: string | null;
  readonly rule: Rule | null;
}

/** The verdict on an offer, proof or response, with its rule. */
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

/** Returns the name of a rule. The classifier's rules are numbered; 0 is the envelope, 9 the purse's own rule. */
function ruleName({ number }: Rule): string {
  if (number === 0) return t('ui_wireEnvelopeRule');
  return number === 9 ? t('ui_wireOwnRule') : t('ui_wireRule', { number: String(number) });
}
