import type { RawString } from '../../messages/fields.ts';
import { t } from '../i18n.ts';
import { FullAccount } from './Account.tsx';
import { CopyButton } from './CopyButton.tsx';
import { Qr } from './Qr.tsx';

interface ReceiveProps {
  readonly account: string;
  /** How much is wanted (raw), for the wallet that reads the QR code; without it, its user types an amount. */
  readonly amount?: RawString;
}

/** The address of this purse, as a QR code and as text to copy. */
export function Receive({ account, amount }: ReceiveProps) {
  const link = `nano:${account}${amount === undefined ? '' : `?amount=${amount}`}`;
  return (
    <div class="receive" data-testid="receive-code" data-link={link}>
      <Qr text={link} label={t('ui_qrLabel')} />
      <FullAccount account={account} testId="address" />
      <CopyButton text={account} label={t('ui_copyAddress')} />
    </div>
  );
}
