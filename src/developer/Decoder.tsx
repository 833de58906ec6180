import { Screen } from '../ui/components/Screen.tsx';
import { t } from '../ui/i18n.ts';

/** Says what a header of a 402, or of its answer, means and what is wrong with it. */
export function Decoder() {
  return (
    <Screen title={t('developer_decoder')}>
      <p class="lead">{t('developer_decoderLead')}</p>
    </Screen>
  );
}
