import type { ActivityView } from '../../../messages/activity.ts';
import type { OpenPurseView } from '../../../messages/purse.ts';
import { CopyButton } from '../../../ui/components/CopyButton.tsx';
import { Fact } from '../../../ui/components/Fact.tsx';
import { t } from '../../../ui/i18n.ts';

/** The network of an activity, and its block with a link to an explorer. */
export function BlockFacts({ item, purse }: { readonly item: ActivityView; readonly purse: OpenPurseView }) {
  const explorer = item.network === purse.network.id ? purse.network.explorerUrl : null;
  return (
    <dl class="facts">
      <Fact name={t('popup_network')}>
        {item.network} {item.testMoney && <span class="chip chip-warn">{t('popup_networkTestChip')}</span>}
      </Fact>
      {item.blockHash !== null && (
        <Fact name={t('popup_block')}>
          <span class="code" data-testid="block-hash">
            {item.blockHash}
          </span>
          <div class="inline-actions">
            <CopyButton text={item.blockHash} label={t('popup_copyBlock')} />
            {explorer !== null && (
              <a href={explorer + item.blockHash} target="_blank" rel="noreferrer noopener">
                {t('popup_explorer')}
              </a>
            )}
          </div>
        </Fact>
      )}
    </dl>
  );
}
