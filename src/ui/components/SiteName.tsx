import { shortStart, shownSite } from '../site.ts';

/** Whose site it is: the end of the host is what counts, whatever stands before it. */
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
