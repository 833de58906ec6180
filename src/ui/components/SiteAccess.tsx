import { useAction } from '../action.ts';
import { t } from '../i18n.ts';
import { requestSiteAccess, useSiteAccess } from '../site-access.ts';
import { Button } from './Button.tsx';
import { FaultLine, Notice } from './Notice.tsx';

/** Says that the browser lets the purse see no web pages, and asks for it by a click. Renders nothing where it does. */
export function SiteAccess() {
  const isGranted = useSiteAccess();
  const action = useAction();
  if (isGranted) return null;
  return (
    <section aria-labelledby="site-access-title" data-testid="site-access">
      <Notice tone="warn">
        <h2 id="site-access-title">{t('ui_noSiteAccess')}</h2>
        <p>{t('ui_noSiteAccessText')}</p>
        <Button
          busy={action.busy.value}
          testId="allow-sites"
          onClick={() => void action.run(requestSiteAccess)}
        >
          {t('ui_allowSites')}
        </Button>
        <FaultLine fault={action.fault.value} />
      </Notice>
    </section>
  );
}
