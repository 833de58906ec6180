import { t } from '../i18n.ts';
import { SiteName } from './SiteName.tsx';

/** Stands in the sentence where the site belongs, until it is cut there. */
const PLACE = '\ufffc';

/** Which other site had a hand in a payment. */
export function AskedBy({ site, testId }: { readonly site: string; readonly testId?: string }) {
  const [before, after] = t('approve_askedBy', { site: PLACE }).split(PLACE);
  return (
    <p class="hint asked-by" data-testid={testId}>
      {before}
      {URL.canParse(site) ? <SiteName site={site} /> : t('approve_noOrigin')}
      {after}
    </p>
  );
}
