import type { ExchangeView } from '../../messages/exchange.ts';

/**
 * What the user can take back of their answers in a tab. `declined`: a payment that they declined or cancelled can be paid after all.
 * `blocked`: a site can be unblocked; where it has asked for money in this tab, its page can ask again.
 */
export type WayBack =
  | { readonly kind: 'declined'; readonly exchange: ExchangeView }
  | { readonly kind: 'blocked'; readonly site: string; readonly exchange: ExchangeView | null };

/**
 * Returns the newest answer in a tab that can be taken back; null without one.
 *
 * @param site the origin of the page in the tab
 * @param exchanges those of the tab, oldest first
 */
export function wayBackOf(
  site: string,
  exchanges: readonly ExchangeView[],
  blockedSites: readonly string[],
): WayBack | null {
  const isOver = (exchange: ExchangeView) =>
    exchanges.some(({ at, url }) => at > exchange.at && url === exchange.url);
  const left = exchanges.filter(
    (exchange) => exchange.method === 'GET' && isOf(site, exchange) && !isOver(exchange),
  );
  const blocked = left.findLast(
    (exchange) =>
      BLOCKED.includes(exchange.why?.key ?? '') && blockedIn(exchange, blockedSites) !== undefined,
  );
  const blockedSite = blocked === undefined ? undefined : blockedIn(blocked, blockedSites);
  if (blocked !== undefined && blockedSite !== undefined) {
    return { kind: 'blocked', site: blockedSite, exchange: blocked };
  }
  if (blockedSites.includes(site)) return { kind: 'blocked', site, exchange: null };
  const declined = left.findLast(({ why }) => DECLINED.includes(why?.key ?? ''));
  return declined === undefined ? null : { kind: 'declined', exchange: declined };
}

const DECLINED: readonly string[] = ['refusal_DECLINED', 'fault_cancelled'];
const BLOCKED: readonly string[] = ['refusal_SITE_BLOCKED', 'refusal_ASKER_BLOCKED'];

/** Which site of an exchange is blocked. */
const blockedIn = ({ site, askedBy }: ExchangeView, blockedSites: readonly string[]): string | undefined =>
  [site, askedBy].find((one): one is string => one !== null && blockedSites.includes(one));

/** Whether the page of this site would ask again if it were loaded once more. */
const isOf = (site: string, exchange: ExchangeView): boolean =>
  site === (exchange.kind === 'main_frame' ? exchange.site : (exchange.askedBy ?? exchange.site));
