import type { PlainMessageKey } from '../../fault.ts';
import { Icon } from '../../ui/components/Icon.tsx';
import { t } from '../../ui/i18n.ts';
import type { OnboardingStep, Way } from './step.ts';

const STEPS: Readonly<
  Record<Way, readonly { readonly kind: OnboardingStep['kind']; readonly label: PlainMessageKey }[]>
> = {
  create: [
    { kind: 'words', label: 'onboarding_stepWords' },
    { kind: 'check', label: 'onboarding_stepCheck' },
    { kind: 'password', label: 'onboarding_stepPassword' },
    { kind: 'done', label: 'onboarding_stepDone' },
  ],
  import: [
    { kind: 'import', label: 'onboarding_stepSecret' },
    { kind: 'password', label: 'onboarding_stepPassword' },
    { kind: 'done', label: 'onboarding_stepDone' },
  ],
  restore: [
    { kind: 'restore', label: 'onboarding_stepFile' },
    { kind: 'done', label: 'onboarding_stepDone' },
  ],
  unlock: [{ kind: 'done', label: 'onboarding_stepDone' }],
  recover: [{ kind: 'done', label: 'onboarding_stepDone' }],
};

/** The progress through the steps. */
export function Steps({ step }: { readonly step: OnboardingStep }) {
  const steps = STEPS[wayOf(step)];
  const current = steps.findIndex(({ kind }) => kind === step.kind);
  return (
    <ol class="steps" aria-label={t('onboarding_steps')}>
      {steps.map(({ kind, label }, index) => (
        <li
          key={kind}
          class={index < current ? 'step-past' : undefined}
          aria-current={index === current ? 'step' : undefined}
        >
          <span class="step-number" aria-hidden="true">
            {index < current ? <Icon name="check" /> : index + 1}
          </span>
          <span>{t(label)}</span>
        </li>
      ))}
    </ol>
  );
}

function wayOf(step: OnboardingStep): Way {
  switch (step.kind) {
    case 'welcome':
    case 'words':
    case 'check':
      return 'create';
    case 'import':
    case 'restore':
      return step.kind;
    case 'password':
    case 'done':
      return step.way;
  }
}
