import { useSignal } from '@preact/signals';
import type { LockedPurseView, PurseView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Loading } from '../../ui/components/Loading.tsx';
import { Mark } from '../../ui/components/Mark.tsx';
import { NetworkBanner } from '../../ui/components/NetworkBanner.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { CheckWords } from './CheckWords.tsx';
import { ChoosePassword } from './ChoosePassword.tsx';
import { Done } from './Done.tsx';
import { Forgot, type ForgotStep } from './Forgot.tsx';
import { Import } from './Import.tsx';
import { Lost } from './Lost.tsx';
import { Restore } from './Restore.tsx';
import { ShowWords } from './ShowWords.tsx';
import { Steps } from './Steps.tsx';
import type { OnboardingStep } from './step.ts';
import { Welcome } from './Welcome.tsx';

/** The onboarding page. */
export function Onboarding() {
  const purse = useQuery('purse.state', {});
  const step = useSignal<OnboardingStep>({ kind: 'welcome' });
  const forgot = useSignal<ForgotStep | null>(location.hash === '#forgot' ? { kind: 'choose' } : null);
  const action = useAction();
  const show = (next: OnboardingStep) => {
    step.value = next;
  };
  const create = () =>
    action.run(async () => {
      const { words } = await request('vault.newWords', {});
      show({ kind: 'words', words });
    });

  const network = purse.kind === 'given' && purse.value.kind !== 'empty' ? purse.value.network : null;
  const hasPurse = purse.kind === 'given' && purse.value.kind !== 'empty';
  const settingUp = step.value.kind !== 'welcome';
  const lost = purse.kind === 'given' && purse.value.kind === 'locked' ? lostIn(purse.value) : null;
  const forgotStep = purse.kind === 'given' ? stepIn(forgot.value, purse.value) : null;
  return (
    <>
      <header class="onboarding-head">
        {network && <NetworkBanner network={network} />}
        <div class="onboarding-brand">
          <Mark />
          <span class="bar-name">{t('appName')}</span>
        </div>
        {settingUp && <Steps step={step.value} />}
      </header>
      {purse.kind === 'waiting' && <Loading />}
      {purse.kind === 'failed' && <FaultLine fault={purse.fault} />}
      {purse.kind === 'given' && (settingUp || purse.value.kind === 'empty') && (
        <StepScreen
          step={step.value}
          lostAccount={lost?.account ?? null}
          show={show}
          create={() => void create()}
          fault={action.fault.value}
        />
      )}
      {lost !== null && !settingUp && (
        <Lost
          {...lost}
          onUnlocked={() => show({ kind: 'done', way: 'unlock' })}
          onImport={() => show({ kind: 'import' })}
          onRestore={() => show({ kind: 'restore' })}
        />
      )}
      {forgotStep !== null && (
        <Forgot
          step={forgotStep}
          show={(next) => {
            forgot.value = next;
          }}
          onErased={() => {
            forgot.value = null;
          }}
        />
      )}
      {hasPurse && !settingUp && lost === null && forgotStep === null && (
        <Screen title={t('onboarding_existsTitle')}>
          <p>{t('onboarding_existsText')}</p>
        </Screen>
      )}
    </>
  );
}

/** Returns the purse whose data was lost, with its first account; null for any other purse. */
function lostIn(purse: LockedPurseView) {
  return purse.seed.kind === 'lost' ? { purse, account: purse.seed.account } : null;
}

/**
 * The step about a forgotten password that is shown; null where there is nothing to forget. A purse that was opened by its
 * new password still has the last step.
 */
function stepIn(step: ForgotStep | null, purse: PurseView): ForgotStep | null {
  const isLocked = purse.kind === 'locked' && purse.seed.kind !== 'lost';
  const isOver = purse.kind === 'open' && step?.kind !== 'choose';
  return isLocked || isOver ? step : null;
}

interface StepScreenProps {
  readonly step: OnboardingStep;
  /** The first account of the purse whose data was lost. */
  readonly lostAccount: string | null;
  readonly show: (step: OnboardingStep) => void;
  readonly create: () => void;
  readonly fault: Parameters<typeof FaultLine>[0]['fault'];
}

function StepScreen({ step, lostAccount, show, create, fault }: StepScreenProps) {
  switch (step.kind) {
    case 'welcome':
      return (
        <Welcome
          onCreate={create}
          onImport={() => show({ kind: 'import' })}
          onRestore={() => show({ kind: 'restore' })}
          fault={fault}
        />
      );
    case 'words':
      return (
        <ShowWords
          words={step.words}
          onDone={() => show({ kind: 'check', words: step.words })}
          onBack={() => show({ kind: 'welcome' })}
        />
      );
    case 'check':
      return (
        <CheckWords
          words={step.words}
          onBack={() => show({ kind: 'words', words: step.words })}
          onDone={() =>
            show({
              kind: 'password',
              way: 'create',
              secret: { kind: 'words', words: step.words, reading: 'bip44' },
            })
          }
        />
      );
    case 'import':
      return (
        <Import
          before={lostAccount}
          onBack={() => show({ kind: 'welcome' })}
          onDone={(secret) => show({ kind: 'password', way: 'import', secret })}
        />
      );
    case 'restore':
      return (
        <Restore
          onBack={() => show({ kind: 'welcome' })}
          onDone={() => show({ kind: 'done', way: 'restore' })}
        />
      );
    case 'password':
      return <ChoosePassword secret={step.secret} onDone={() => show({ kind: 'done', way: step.way })} />;
    case 'done':
      return <Done way={step.way} />;
  }
}
