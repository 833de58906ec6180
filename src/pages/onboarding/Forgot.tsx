import { EraseForm } from '../../ui/components/EraseForm.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { ChoosePassword } from './ChoosePassword.tsx';
import { Done } from './Done.tsx';
import { Import } from './Import.tsx';
import { Restore } from './Restore.tsx';
import type { Secret } from './step.ts';
import { WayCard } from './WayCard.tsx';

/** A step of what to do about a forgotten password. */
export type ForgotStep =
  | { readonly kind: 'choose' }
  | { readonly kind: 'words' }
  | { readonly kind: 'file' }
  | { readonly kind: 'password'; readonly secret: Secret }
  | { readonly kind: 'erase' }
  | { readonly kind: 'done' };

interface ForgotProps {
  readonly step: ForgotStep;
  readonly show: (step: ForgotStep) => void;
  /** Called when the purse was erased. */
  readonly onErased: () => void;
}

/** The ways on for a user who forgot the password. The purse stays as it is until one of them has come to its end. */
export function Forgot({ step, show, onErased }: ForgotProps) {
  const back = () => show({ kind: 'choose' });
  const choosePassword = (secret: Secret) => show({ kind: 'password', secret });
  switch (step.kind) {
    case 'choose':
      return <Ways show={show} />;
    case 'words':
      return <Import before={null} recovering onBack={back} onDone={choosePassword} />;
    case 'file':
      return <Restore onBack={back} onSecret={choosePassword} />;
    case 'password':
      return <ChoosePassword secret={step.secret} recovering onDone={() => show({ kind: 'done' })} />;
    case 'erase':
      return (
        <Screen title={t('erase_title')} onBack={back}>
          <EraseForm proof="word" onDone={onErased} />
        </Screen>
      );
    case 'done':
      return <Done way="recover" />;
  }
}

function Ways({ show }: Pick<ForgotProps, 'show'>) {
  return (
    <Screen title={t('forgot_title')}>
      <p class="lead">{t('forgot_lead')}</p>
      <div class="ways">
        <WayCard
          icon="key"
          title={t('forgot_words')}
          text={t('forgot_wordsText')}
          testId="forgot-words"
          onClick={() => show({ kind: 'words' })}
        />
        <WayCard
          icon="receive"
          title={t('forgot_file')}
          text={t('forgot_fileText')}
          testId="forgot-file"
          onClick={() => show({ kind: 'file' })}
        />
        <WayCard
          icon="cross"
          title={t('forgot_erase')}
          text={t('forgot_eraseText')}
          testId="forgot-erase"
          onClick={() => show({ kind: 'erase' })}
        />
      </div>
      <p class="hint">{t('forgot_safe')}</p>
    </Screen>
  );
}
