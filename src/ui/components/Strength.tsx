import { passwordStrength } from '../../vault/password.ts';
import { t } from '../i18n.ts';

const WORDS = ['ui_strength0', 'ui_strength1', 'ui_strength2', 'ui_strength3', 'ui_strength4'] as const;
const MOST = 4;

/** How hard a password is to guess, as a bar and in words. */
export function Strength({ password }: { readonly password: string }) {
  const { score, advice } = passwordStrength(password);
  return (
    <div class="strength" data-score={score} data-testid="password-strength">
      <div class="strength-bar" aria-hidden="true">
        {[1, 2, 3, MOST].map((step) => (
          <span
            key={step}
            class={password !== '' && step <= Math.max(score, 1) ? `strength-${score}` : undefined}
          />
        ))}
      </div>
      <p class="hint" aria-live="polite">
        {password !== '' && t('ui_strengthLabel', t(WORDS[score]))}{' '}
        {password !== '' && advice !== null && t(advice)}
      </p>
    </div>
  );
}
