import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { NetworkView } from '../../../messages/network.ts';
import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { Confirm } from '../../../ui/components/Confirm.tsx';
import { Switch, TextArea, TextField } from '../../../ui/components/Field.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { Screen } from '../../../ui/components/Screen.tsx';
import { t } from '../../../ui/i18n.ts';
import { go } from '../route.ts';
import {
  draftOf,
  EMPTY_DRAFT,
  mistakesIn,
  type NetworkField,
  type NetworkMistakes,
  profileOf,
} from './network-draft.ts';

/** The form for a new network profile, or an existing one. */
export function NetworkEditor({ network }: { readonly network: NetworkView | null }) {
  const draft = useSignal(network === null ? EMPTY_DRAFT : draftOf(network));
  const mistakes = useSignal<NetworkMistakes>({});
  const form = useRef<HTMLFormElement>(null);
  const action = useAction();
  const back = () => go({ name: 'settings' });
  const text = (part: NetworkField) => ({
    value: draft.value[part],
    fault: mistakes.value[part] ?? null,
    testId: `network-${part}`,
    onInput: (value: string) => {
      draft.value = { ...draft.value, [part]: value };
      mistakes.value = { ...mistakes.value, [part]: undefined };
    },
  });
  const save = async () => {
    mistakes.value = mistakesIn(draft.value);
    if (Object.keys(mistakes.value).length > 0) {
      // The first field that is wrong, which the page marks once it has been drawn.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    if (await action.run(() => request('network.save', { profile: profileOf(draft.value) }))) back();
  };
  return (
    <Screen title={t(network === null ? 'popup_networkNew' : 'popup_networkEditTitle')} onBack={back}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField label={t('popup_networkLabel')} {...text('label')} />
        <TextField
          label={t('popup_networkId')}
          hint={t('popup_networkIdHint')}
          code
          readOnly={network !== null}
          {...text('id')}
        />
        <TextArea
          label={t('popup_networkRpc')}
          hint={t('popup_networkRpcHint')}
          rows={4}
          {...text('rpcUrls')}
        />
        <TextArea label={t('popup_networkWs')} hint={t('popup_networkWsHint')} rows={3} {...text('wsUrl')} />
        <div class="columns">
          <TextField label={t('popup_networkSend')} code {...text('send')} />
          <TextField label={t('popup_networkReceive')} code {...text('receive')} />
        </div>
        <TextField label={t('popup_networkRepresentative')} code {...text('representative')} />
        <TextField
          label={t('popup_networkExplorer')}
          hint={t('popup_networkExplorerHint')}
          code
          {...text('explorerUrl')}
        />
        <Switch
          label={t('popup_networkTest')}
          hint={t('popup_networkTestHint')}
          on={draft.value.testMoney}
          testId="network-testMoney"
          onChange={(testMoney) => {
            draft.value = { ...draft.value, testMoney };
          }}
        />
        <FaultLine fault={action.fault.value} />
        <Button look="primary" submit busy={action.busy.value} testId="network-save">
          {t('ui_save')}
        </Button>
      </form>
      {network !== null && !network.builtIn && (
        <Confirm
          action={t('popup_networkRemove')}
          question={t('popup_networkRemoveAsk')}
          confirm={t('ui_remove')}
          onConfirm={async () => {
            if (await action.run(() => request('network.remove', { id: network.id }))) back();
          }}
        />
      )}
    </Screen>
  );
}
