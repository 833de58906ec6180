import { request } from '../../../messages/request.ts';
import { t } from '../../../ui/i18n.ts';
import { SiteList } from './SiteList.tsx';

/** The sites that may not ask for payments, each with a button to unblock it. */
export function BlockedSites({ sites }: { readonly sites: readonly string[] }) {
  return (
    <SiteList
      title={t('popup_blocked')}
      emptyText={t('popup_blockedNone')}
      sites={sites}
      button={t('popup_unblock')}
      buttonLabel={(site) => t('popup_unblockSite', { site })}
      onRemove={(site) => request('settings.unblock', { site })}
      testId="blocked"
    />
  );
}
