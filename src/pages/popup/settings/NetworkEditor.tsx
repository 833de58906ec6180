import { useSignal } from '@preact/signals';
import type { PageInput } from '../../../messages/contract.ts';
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

/** The text of the fields of a network profile. */
interface Draft {
  readonly id: string;
  readonly label: string;
  readonly rpcUrls: string;
  /** One URL a line, the preferred one first, as in `rpcUrls`. */
  readonly wsUrl: string;
  readonly send: string;
  readonly receive: string;
  readonly representative: string;
  readonly explorerUrl: string;
  readonly testMoney: boolean;
}

const EMPTY: Draft = {
  id: '',
  label: '',
  rpcUrls: '',
  wsUrl: '',
  send: 'fffffff800000000',
  receive: 'fffffe0000000000',
  representative: '',
  explorerUrl: '',
  testMoney: true,
};

/** The form for a new network profile, or an existing one. */
export function NetworkEditor({ network }: { readonly network: NetworkView | null }) {
  const draft = useSignal(network === null ? EMPTY : draftOf(network));
  const action = useAction();
  const back = () => go({ name: 'settings' });
  const text = (part: Exclude<keyof Draft, 'testMoney'>) => ({
    value: draft.value[part],
    testId: `network-${part}`,
    onInput: (value: string) => {
      draft.value = { ...draft.value, [part]: value };
    },
  });
  const save = async () => {
    if (await action.run(() => request('network.save', { profile: profileOf(draft.value) }))) back();
  };
  return (
    <Screen title={t(network === null ? 'popup_networkNew' : 'popup_networkEditTitle')} onBack={back}>
      <form
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

function draftOf(network: NetworkView): Draft {
  return {
    id: network.id,
    label: network.label,
    rpcUrls: network.rpcUrls.join('\n'),
    wsUrl: [network.wsUrl ?? '', ...(network.otherWsUrls ?? [])].join('\n'),
    send: network.thresholds.send,
    receive: network.thresholds.receive,
    representative: network.representative,
    explorerUrl: network.explorerUrl ?? '',
    testMoney: network.testMoney,
  };
}

function profileOf(draft: Draft): PageInput<'network.save'>['profile'] {
  const [wsUrl = null, ...otherWsUrls] = linesOf(draft.wsUrl);
  return {
    id: draft.id.trim(),
    label: draft.label.trim(),
    rpcUrls: linesOf(draft.rpcUrls),
    wsUrl,
    ...(otherWsUrls.length > 0 && { otherWsUrls }),
    thresholds: { send: draft.send.trim(), receive: draft.receive.trim() },
    testMoney: draft.testMoney,
    representative: draft.representative.trim(),
    explorerUrl: orNull(draft.explorerUrl),
  };
}

/** The lines that are not empty. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function orNull(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed;
}
