import { Screen } from '../ui/components/Screen.tsx';
import { t } from '../ui/i18n.ts';

/** A tab that pays with test money, and where to get some. */
export function Sandbox() {
  return (
    <Screen title={t('developer_sandbox')}>
      <p class="lead">{t('developer_sandboxLead')}</p>
    </Screen>
  );
}
