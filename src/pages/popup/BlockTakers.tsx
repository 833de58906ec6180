import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';

/** The sites that may ask for signed blocks, each to be taken back. */
export function BlockTakers({ sites }: { readonly sites: readonly string[] }) {
  const action = useAction();
  return (
    <div class="setting">
      <h3>{t('popup_blockTakers')}</h3>
      {sites.length === 0 ? (
        <p class="hint">{t('popup_blockTakersNone')}</p>
      ) : (
        <ul class="site-list" data-testid="block-takers">
          {sites.map((site) => (
            <li key={site}>
              <SiteName site={site} />
              <button
                type="button"
                class="link"
                aria-label={t('popup_takeBackSite', { site })}
                onClick={() =>
                  void action.run(() => request('settings.blockTaker', { site, allowed: false }))
                }
              >
                {t('popup_takeBack')}
              </button>
            </li>
          ))}
        </ul>
      )}
      <FaultLine fault={action.fault.value} />
    </div>
  );
}

/** Beside an offer that wanted a signed block: what that means, and a way to allow it for its site. */
export function AllowBlocks({ site }: { readonly site: string }) {
  const settings = useQuery('settings.read', {});
  const action = useAction();
  if (settings.kind !== 'given') return null;
  if (settings.value.blockTakers.includes(site)) return <p class="hint">{t('popup_blocksAllowed')}</p>;
  return (
    <>
      <p class="hint">{t('popup_allowBlocksText')}</p>
      <Button
        busy={action.busy.value}
        testId="allow-blocks"
        onClick={() => void action.run(() => request('settings.blockTaker', { site, allowed: true }))}
      >
        {t('popup_allowBlocks')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </>
  );
}
