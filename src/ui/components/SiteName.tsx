import { shortStart, shownSite } from '../site.ts';

/** The name of a site. It stresses the end of the host, which alone tells who owns the site. */
export function SiteName({ site, testId }: { readonly site: string; readonly testId?: string }) {
  const { scheme, start, end } = shownSite(site);
  return (
    <bdi
      class="site"
      dir="ltr"
      title={site.length > 80 ? undefined : site}
      data-site={site}
      data-testid={testId}
    >
      {scheme === 'http:' && <span class="site-insecure">http://</span>}
      <span class="site-start">{shortStart(start)}</span>
      <span class="site-end">{end}</span>
    </bdi>
  );
}
