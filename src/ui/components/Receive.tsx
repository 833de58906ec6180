import { t } from '../i18n.ts';
import { FullAccount } from './Account.tsx';
import { CopyButton } from './CopyButton.tsx';
import { Qr } from './Qr.tsx';

/** The address of this purse, as a QR code and as text to copy. */
export function Receive({ account }: { readonly account: string }) {
  return (
    <div class="receive">
      <Qr text={`nano:${account}`} label={t('ui_qrLabel')} />
      <FullAccount account={account} testId="address" />
      <CopyButton text={account} label={t('ui_copyAddress')} />
    </div>
  );
}
