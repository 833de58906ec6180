import { t } from '../i18n.ts';
import type { PasswordStrength } from '../password/strength.ts';

const WORDS = ['ui_strength0', 'ui_strength1', 'ui_strength2', 'ui_strength3', 'ui_strength4'] as const;
const MAX_SCORE = 4;

/** The strength of a password as a bar and in words. The bar is empty for null. */
export function Strength({ strength }: { readonly strength: PasswordStrength | null }) {
  return (
    <div data-score={strength?.score} data-testid="password-strength">
      <div class="strength-bar" aria-hidden="true">
        {[1, 2, 3, MAX_SCORE].map((step) => (
          <span
            key={step}
            class={
              strength !== null && step <= Math.max(strength.score, 1)
                ? `strength-${strength.score}`
                : undefined
            }
          />
        ))}
      </div>
      <p class="hint" aria-live="polite">
        {strength !== null && t('ui_strengthLabel', { strength: t(WORDS[strength.score]) })}{' '}
        {strength !== null && strength.advice !== null && t(strength.advice)}
      </p>
    </div>
  );
}
