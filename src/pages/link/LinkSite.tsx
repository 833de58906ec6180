import type { LinkView } from '../../messages/link.ts';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';

/** Names the page with the link, and the frame in it that has the link. */
export function LinkSite({ link: { site, frame } }: { readonly link: Pick<LinkView, 'site' | 'frame'> }) {
  if (site === null) return null;
  return (
    <dl class="facts" data-testid="link-site">
      <dt>{t('link_site')}</dt>
      <dd>
        <SiteName site={site} />
      </dd>
      {frame !== null && (
        <>
          <dt>{t('link_frame')}</dt>
          <dd>{URL.canParse(frame) ? <SiteName site={frame} /> : t('approve_noOrigin')}</dd>
        </>
      )}
    </dl>
  );
}
