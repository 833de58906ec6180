import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RawString } from '../../messages/fields.ts';
import { request } from '../../messages/request.ts';
import { FullAccount } from '../../ui/components/Account.tsx';
import { Amount } from '../../ui/components/Amount.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { ChoiceCard, ChoiceCards } from '../../ui/components/ChoiceCard.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import type { Secret } from './step.ts';

type Reading = 'bip44' | 'legacy';

interface ReadingsProps {
  readonly bip44Address: string;
  readonly legacyAddress: string;
  readonly words: string;
  /** The first account of the purse whose data was lost. */
  readonly before: string | null;
  readonly onDone: (secret: Secret) => void;
}

/** The two derivations of 24 words. Neither is preselected, because a wrong one shows an empty account. */
export function Readings({ bip44Address, legacyAddress, words, before, onDone }: ReadingsProps) {
  const reading = useSignal<Reading | null>(null);
  const [bip44Balance = null, legacyBalance = null] = useBalances(bip44Address, legacyAddress);
  const chosen = reading.value;
  const choices = [
    {
      value: 'bip44',
      name: t('onboarding_readingBip44'),
      text: t('onboarding_readingBip44Text'),
      address: bip44Address,
      balance: bip44Balance,
    },
    {
      value: 'legacy',
      name: t('onboarding_readingLegacy'),
      text: t('onboarding_readingLegacyText'),
      address: legacyAddress,
      balance: legacyBalance,
    },
  ] as const;
  return (
    <ChoiceCards legend={t('onboarding_readingTitle')}>
      <p class="hint">{t('onboarding_readingText')}</p>
      {choices.map(({ value, name, text, address, balance }) => (
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
          {balance !== null && (
            <span class="hint" data-testid={`balance-${value}`}>
              {t('popup_balance')} <Amount raw={balance} use="held" />
            </span>
          )}
        </ChoiceCard>
      ))}
      {chosen !== null && (
        <OtherPurse before={before} now={chosen === 'bip44' ? bip44Address : legacyAddress} />
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

/** The balances of accounts, as far as a node proves them; none until one has answered. */
function useBalances(...accounts: readonly string[]): readonly (RawString | null)[] {
  const balances = useSignal<readonly (RawString | null)[]>([]);
  useEffect(() => {
    void request('vault.balances', { accounts: [...accounts] }).then(
      (told) => {
        balances.value = told;
      },
      // The choice stands without them.
      (failure: unknown) => console.error(failure),
    );
  }, accounts);
  return balances.value;
}

interface OneAddressProps {
  readonly title: string;
  readonly text?: string;
  readonly address: string | null;
  readonly before: string | null;
  readonly onDone: () => void;
}

/** The first address of a secret that opens one account. */
export function OneAddress({ title, text, address, before, onDone }: OneAddressProps) {
  return (
    <section aria-labelledby="address-title">
      <h2 id="address-title">{title}</h2>
      {text !== undefined && <p class="hint">{text}</p>}
      {address !== null && (
        <p>
          <FullAccount account={address} testId="seed-address" />
        </p>
      )}
      {address !== null && <OtherPurse before={before} now={address} />}
      <div class="forward">
        <Button look="primary" testId="secret-done" onClick={onDone}>
          {t('onboarding_continue')}
        </Button>
      </div>
    </section>
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
