import type { RawString } from '../../messages/fields.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { shortXno } from '../format.ts';
import { t } from '../i18n.ts';

/** What was sent, and its block. */
export function Sent({ amount, blockHash }: { readonly amount: RawString; readonly blockHash: string }) {
  return (
    <>
      <div role="status">
        <Notice tone="good">{t('popup_sentText', { amount: shortXno(amount) })}</Notice>
      </div>
      <dl class="facts">
        <dt>{t('popup_block')}</dt>
        <dd>
          <span class="code" data-testid="sent-hash">
            {blockHash}
          </span>
          <CopyButton text={blockHash} label={t('popup_copyBlock')} />
        </dd>
      </dl>
    </>
  );
}
