import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Fault, type Sentence } from '../../fault.ts';
import { request } from '../../messages/request.ts';
import type { SecretPreview } from '../../messages/vault.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { TextArea } from '../../ui/components/Field.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { OneAddress, Readings } from './Readings.tsx';
import type { SecretReading } from './secret/read.ts';
import { sentenceAbout } from './secret/sentence.ts';
import type { Secret } from './step.ts';

interface ImportProps {
  /** The first account of the purse whose data was lost. */
  readonly before: string | null;
  /** Whether the secret has to be the one of the purse in this browser. */
  readonly recovering?: boolean;
  readonly onDone: (secret: Secret) => void;
  readonly onBack: () => void;
}

/** A secret that can be read, in its canonical spelling, with the accounts that it opens. */
interface ReadSecret {
  readonly plain: string;
  readonly preview: SecretPreview;
}

/** The step that imports a phrase or seed. The user recognizes it by its first address. */
export function Import({ before, recovering = false, onDone, onBack }: ImportProps) {
  const text = useSignal('');
  const mistake = useSignal<Sentence | null>(null);
  const secret = useSignal<ReadSecret | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const action = useAction();
  const isEmpty = text.value.trim() === '';

  const read = () =>
    action.run(async () => {
      const typed = text.peek();
      const reading = await readTyped(typed);
      if (reading.kind === 'mistake') {
        mistake.value = sentenceAbout(reading.mistake);
        // Back to where the user typed: the cursor is still there.
        form.current?.querySelector('textarea')?.focus();
        return;
      }
      const plain = reading.kind === 'words' ? reading.words : reading.hex;
      const preview = await request('vault.preview', { text: plain });
      if (recovering && preview.own === null) throw new Fault('fault_otherSeed');
      if (text.peek() === typed) secret.value = { plain, preview };
    });
  return (
    <Screen title={t('onboarding_secretTitle')} onBack={onBack}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isEmpty) void read();
        }}
      >
        <TextArea
          label={t('onboarding_secretLabel')}
          hint={t('onboarding_secretHint')}
          fault={mistake.value}
          rows={4}
          value={text.value}
          testId="secret"
          onInput={(value) => {
            text.value = value;
            mistake.value = null;
            secret.value = null;
            action.clear();
          }}
        />
        <FaultLine fault={action.fault.value} />
        {secret.value === null && (
          <div class="forward">
            <Button look="primary" submit off={isEmpty} busy={action.busy.value} testId="secret-read">
              {t('onboarding_secretRead')}
            </Button>
          </div>
        )}
      </form>
      {secret.value !== null && (
        <Opened secret={secret.value} recovering={recovering} before={before} onDone={onDone} />
      )}
    </Screen>
  );
}

/** Reads what was typed. The word list is loaded with the first reading. */
async function readTyped(text: string): Promise<SecretReading> {
  const { readSecret } = await import('./secret/read.ts');
  return readSecret(text);
}

interface OpenedProps extends Pick<ImportProps, 'before' | 'onDone'> {
  readonly secret: ReadSecret;
  readonly recovering: boolean;
}

/** The accounts that a secret opens, from which the user chooses or recognizes their own. */
function Opened({ secret: { plain, preview }, recovering, before, onDone }: OpenedProps) {
  if (recovering) {
    return (
      <OneAddress
        title={t('forgot_found')}
        address={preview.own}
        before={null}
        onDone={() => onDone(ownIn(preview, plain))}
      />
    );
  }
  if (preview.kind === 'seed') {
    return (
      <OneAddress
        title={t('onboarding_seedTitle')}
        address={preview.address}
        before={before}
        onDone={() => onDone({ kind: 'seed', hex: plain })}
      />
    );
  }
  const { bip44Address, legacyAddress } = preview;
  if (legacyAddress === null) {
    return (
      <OneAddress
        title={t('onboarding_oneReadingTitle')}
        text={t('onboarding_oneReadingText')}
        address={bip44Address}
        before={before}
        onDone={() => onDone({ kind: 'words', words: plain, reading: 'bip44' })}
      />
    );
  }
  return <Readings {...{ bip44Address, legacyAddress, before, onDone }} words={plain} />;
}

/** The secret of the purse in this browser, of the reading that leads to it. */
function ownIn(preview: SecretPreview, text: string): Secret {
  if (preview.kind === 'seed') return { kind: 'seed', hex: text };
  return { kind: 'words', words: text, reading: preview.own === preview.legacyAddress ? 'legacy' : 'bip44' };
}
