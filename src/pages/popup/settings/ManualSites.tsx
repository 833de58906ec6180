import { request } from '../../../messages/request.ts';
import { t } from '../../../ui/i18n.ts';
import { SiteList } from './SiteList.tsx';

/** The sites whose pages handle their own 402s, each with a button to end that. */
export function ManualSites({ sites }: { readonly sites: readonly string[] }) {
  return (
    <SiteList
      title={t('popup_manual')}
      emptyText={t('popup_manualNone')}
      sites={sites}
      button={t('ui_remove')}
      buttonLabel={(site) => t('popup_manualRemove', { site })}
      onRemove={(site) => request('settings.manual', { site, manual: false })}
      testId="manual-sites"
    />
  );
}
