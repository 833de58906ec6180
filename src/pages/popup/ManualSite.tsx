import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Switch } from '../../ui/components/Field.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';

/** A switch that lets the pages of a site handle their own 402s. It acts at once. */
export function ManualSite({ site }: { readonly site: string }) {
  const settings = useQuery('settings.read', {});
  const action = useAction();
  if (settings.kind !== 'given') return null;
  return (
    <div class="card">
      <Switch
        label={t('popup_manualSite')}
        hint={t('popup_manualSiteHint')}
        on={settings.value.manualSites.includes(site)}
        testId="manual-site"
        onChange={(manual) => void action.run(() => request('settings.manual', { site, manual }))}
      />
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
