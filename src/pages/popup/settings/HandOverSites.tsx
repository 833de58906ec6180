import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';
import { useQuery } from '../../../ui/invalidations.ts';
import { SiteList } from './SiteList.tsx';

/** The sites that may ask for signed blocks, each with a button that withdraws this. */
export function HandOverSites({ sites }: { readonly sites: readonly string[] }) {
  return (
    <SiteList
      title={t('popup_blockTakers')}
      emptyText={t('popup_blockTakersNone')}
      sites={sites}
      button={t('popup_takeBack')}
      buttonLabel={(site) => t('popup_takeBackSite', { site })}
      onRemove={(site) => request('settings.handOverSite', { site, allowed: false })}
      testId="block-takers"
    />
  );
}

/** Explains what an offer that wants a signed block means, with a button that allows such offers for its site. */
export function AllowHandOver({ site }: { readonly site: string }) {
  const settings = useQuery('settings.read', {});
  const action = useAction();
  if (settings.kind !== 'given') return null;
  if (settings.value.handOverSites.includes(site)) return <p class="hint">{t('popup_blocksAllowed')}</p>;
  return (
    <>
      <p class="hint">{t('popup_allowBlocksText')}</p>
      <Button
        busy={action.busy.value}
        testId="allow-blocks"
        onClick={() => void action.run(() => request('settings.handOverSite', { site, allowed: true }))}
      >
        {t('popup_allowBlocks')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </>
  );
}
