import { useSignal } from '@preact/signals';
import { Fault } from '../../fault.ts';
import { request } from '../../messages/request.ts';
import type { SecretPreview } from '../../messages/vault.ts';
import { useAction } from '../../ui/action.ts';
import { FullAccount } from '../../ui/components/Account.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { ChoiceCard, ChoiceCards } from '../../ui/components/ChoiceCard.tsx';
import { TextArea } from '../../ui/components/Field.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import type { Secret } from './step.ts';

interface ImportProps {
  /** The first account of the purse whose data was lost. */
  readonly before: string | null;
  /** Whether the secret has to be the one of the purse in this browser. */
  readonly recovering?: boolean;
  readonly onDone: (secret: Secret) => void;
  readonly onBack: () => void;
}

/** The step that imports a phrase or seed. The user recognizes it by its first address. */
export function Import({ before, recovering = false, onDone, onBack }: ImportProps) {
  const text = useSignal('');
  const preview = useSignal<SecretPreview | null>(null);
  const action = useAction();
  const plain = text.value.trim().toLowerCase().split(/\s+/).join(' ');

  const read = () =>
    action.run(async () => {
      const read = await request('vault.preview', { text: plain });
      if (recovering && read.own === null) throw new Fault('fault_otherSeed');
      preview.value = read;
    });
  return (
    <Screen title={t('onboarding_secretTitle')} onBack={onBack}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (plain !== '') void read();
        }}
      >
        <TextArea
          label={t('onboarding_secretLabel')}
          hint={t('onboarding_secretHint')}
          rows={4}
          value={text.value}
          testId="secret"
          onInput={(value) => {
            text.value = value;
            preview.value = null;
            action.clear();
          }}
        />
        <FaultLine fault={action.fault.value} />
        {preview.value === null && (
          <div class="forward">
            <Button look="primary" submit off={plain === ''} busy={action.busy.value} testId="secret-read">
              {t('onboarding_secretRead')}
            </Button>
          </div>
        )}
      </form>
      {recovering && preview.value !== null && (
        <Recognized
          address={preview.value.own}
          onDone={() => preview.value !== null && onDone(ownIn(preview.value, plain))}
        />
      )}
      {!recovering && preview.value?.kind === 'words' && (
        <Readings preview={preview.value} words={plain} before={before} onDone={onDone} />
      )}
      {!recovering && preview.value?.kind === 'seed' && (
        <section aria-labelledby="seed-title">
          <h2 id="seed-title">{t('onboarding_seedTitle')}</h2>
          <p>
            <FullAccount account={preview.value.address} testId="seed-address" />
          </p>
          <OtherPurse before={before} now={preview.value.address} />
          <div class="forward">
            <Button look="primary" testId="secret-done" onClick={() => onDone({ kind: 'seed', hex: plain })}>
              {t('onboarding_continue')}
            </Button>
          </div>
        </section>
      )}
    </Screen>
  );
}

/** The secret of the purse in this browser, of the reading that leads to it. */
function ownIn(preview: SecretPreview, text: string): Secret {
  if (preview.kind === 'seed') return { kind: 'seed', hex: text };
  return { kind: 'words', words: text, reading: preview.own === preview.legacyAddress ? 'legacy' : 'bip44' };
}

/** Says that a secret is the one of the purse in this browser. */
function Recognized({ address, onDone }: { readonly address: string | null; readonly onDone: () => void }) {
  return (
    <section aria-labelledby="own-title">
      <h2 id="own-title">{t('forgot_found')}</h2>
      {address !== null && (
        <p>
          <FullAccount account={address} testId="seed-address" />
        </p>
      )}
      <div class="forward">
        <Button look="primary" testId="secret-done" onClick={onDone}>
          {t('onboarding_continue')}
        </Button>
      </div>
    </section>
  );
}

interface ReadingsProps {
  readonly preview: Extract<SecretPreview, { kind: 'words' }>;
  readonly words: string;
  readonly before: string | null;
  readonly onDone: (secret: Secret) => void;
}

type Reading = 'bip44' | 'legacy';

/** The two derivations of 24 words. Neither is preselected, because a wrong one shows an empty account. */
function Readings({ preview, words, before, onDone }: ReadingsProps) {
  const reading = useSignal<Reading | null>(null);
  const chosen = reading.value;
  const choices = [
    {
      value: 'bip44',
      name: t('onboarding_readingBip44'),
      text: t('onboarding_readingBip44Text'),
      address: preview.bip44Address,
    },
    {
      value: 'legacy',
      name: t('onboarding_readingLegacy'),
      text: t('onboarding_readingLegacyText'),
      address: preview.legacyAddress,
    },
  ] as const;
  return (
    <ChoiceCards legend={t('onboarding_readingTitle')}>
      <p class="hint">{t('onboarding_readingText')}</p>
      {choices.map(({ value, name, text, address }) => (
        <ChoiceCard
          key={value}
          group="reading"
          title={name}
          checked={chosen === value}
          testId={`reading-${value}`}
          onChoose={() => {
            reading.value = value;
          }}
        >
          <span class="hint">{text}</span>
          <span class="hint">{t('onboarding_firstAddress')}</span>
          <FullAccount account={address} />
        </ChoiceCard>
      ))}
      {chosen !== null && (
        <OtherPurse before={before} now={chosen === 'bip44' ? preview.bip44Address : preview.legacyAddress} />
      )}
      <div class="forward">
        <Button
          look="primary"
          off={chosen === null}
          testId="secret-done"
          onClick={() => chosen !== null && onDone({ kind: 'words', words, reading: chosen })}
        >
          {t('onboarding_continue')}
        </Button>
      </div>
    </ChoiceCards>
  );
}

/** Warns that a secret belongs to another purse than the lost one, whose sealed copy it would replace. */
function OtherPurse({ before, now }: { readonly before: string | null; readonly now: string }) {
  if (before === null || before === now) return null;
  return (
    <Notice tone="warn">
      <p>{t('onboarding_otherPurse')}</p>
      <FullAccount account={before} />
    </Notice>
  );
}
