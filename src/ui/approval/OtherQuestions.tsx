import { tCount } from '../i18n.ts';
import { shortStart, shownSite } from '../site.ts';

/** How many sites are named. */
const MOST = 3;

/** Says how many questions wait behind the one that is shown, and of which sites. Renders nothing without any. */
export function OtherQuestions({ sites }: { readonly sites: readonly string[] }) {
  if (sites.length === 0) return null;
  const named = [...new Set(sites)].map((site) => {
    const { start, end } = shownSite(site);
    return `${shortStart(start)}${end}`;
  });
  const names = named.length > MOST ? [...named.slice(0, MOST), '…'] : named;
  return (
    <p class="hint" data-testid="approval-more">
      {tCount('approve_more', sites.length, { sites: names.join(', ') })}
    </p>
  );
}
