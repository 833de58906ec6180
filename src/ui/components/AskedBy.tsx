import { t } from '../i18n.ts';
import { SiteName } from './SiteName.tsx';

/** Marks the position of the site in the sentence, which is then split there. */
const PLACE = '\ufffc';

/** Says which other site caused a payment. */
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
