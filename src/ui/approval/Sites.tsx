import { Fragment } from 'preact';
import type { ApprovalView } from '../../messages/approval.ts';
import { SiteName } from '../components/SiteName.tsx';
import { t } from '../i18n.ts';

/** The sites that can be blocked: those that caused the request, and the one that would be paid. */
export function Whom({ approval: { site, askers } }: { readonly approval: ApprovalView }) {
  return (
    <section class="whom" data-testid="approval-whom">
      <h2>{t('approve_neverTitle')}</h2>
      <p class="hint">{t(askers.length === 0 ? 'approve_neverNameless' : 'approve_neverText')}</p>
      <dl class="facts">
        {askers.map((asker) => (
          <Fragment key={asker}>
            <dt>{t('approve_neverAsker')}</dt>
            <dd>
              <SiteName site={asker} />
            </dd>
          </Fragment>
        ))}
        <dt>{t('approve_neverSite')}</dt>
        <dd>
          <SiteName site={site} />
        </dd>
      </dl>
    </section>
  );
}

/** What it means that the pages of a site handle their own 402s. */
export function Manual({ site }: { readonly site: string }) {
  return (
    <section class="whom" data-testid="approval-manual">
      <h2>{t('approve_manualTitle')}</h2>
      <SiteName site={site} testId="approval-manual-site" />
      <p class="hint">{t('approve_manualText')}</p>
    </section>
  );
}
