import { useRef } from 'preact/hooks';
import type { RecipientView } from '../../../messages/send.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { TextField } from '../../../ui/components/Field.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';
import { imageIn, readClipboard, readQrCode } from './pasted.ts';
import { Recipients } from './Recipients.tsx';
import { type RecipientReading, readRecipient } from './recipient.ts';

interface RecipientFieldProps {
  readonly text: string;
  readonly recipients: readonly RecipientView[];
  /** The text was typed, pasted, chosen, or read from a QR code. @param isWhole whether it came at once, and not typed */
  readonly onText: (text: string, isWhole: boolean) => void;
}

/** The field for the account that money is sent to, with the other ways to fill it. */
export function RecipientField({ text, recipients, onText }: RecipientFieldProps) {
  const action = useAction();
  const file = useRef<HTMLInputElement>(null);
  const reading: RecipientReading = readRecipient(text);
  const takeFrom = (read: () => Promise<string>) =>
    void action.run(async () => {
      onText((await read()).trim(), true);
    });
  return (
    <div
      class="send-part"
      onPaste={(event) => {
        const image = imageIn(event.clipboardData);
        if (image === undefined) return;
        event.preventDefault();
        takeFrom(() => readQrCode(image));
      }}
    >
      <TextField
        label={t('popup_sendTo')}
        hint={t('popup_sendToHint')}
        code
        value={text}
        fault={text === '' || reading.kind !== 'none' ? null : reading.fault}
        testId="send-to"
        onInput={(typed) => onText(typed, false)}
      />
      <div class="columns">
        <Button testId="send-paste" onClick={() => takeFrom(readClipboard)}>
          {t('popup_paste')}
        </Button>
        <Button testId="send-qr" onClick={() => file.current?.click()}>
          {t('popup_qrImage')}
        </Button>
      </div>
      <input
        type="file"
        accept="image/*"
        hidden
        ref={file}
        data-testid="send-qr-file"
        onChange={({ currentTarget }) => {
          const [image] = currentTarget.files ?? [];
          if (image !== undefined) takeFrom(() => readQrCode(image));
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
      <FaultLine fault={action.fault.value} />
      {text === '' && <Recipients recipients={recipients} onChoose={(account) => onText(account, true)} />}
    </div>
  );
}
