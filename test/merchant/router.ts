import { corsHeaders, preflight } from './cors.ts';
import { type FreeRoute, freeAnswer } from './free-routes.ts';
import { type Answer, HANG_UP, type Visit } from './http.ts';
import { PAID_ROUTES } from './paid-routes.ts';
import type { Paywall } from './paywall.ts';

/** How the merchant answers: what is paid by its paywall, the rest by its free routes. */
export function answerBy(paywall: Paywall, free: readonly FreeRoute[]): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const paid = PAID_ROUTES.find(({ path }) => path === visit.url.pathname);
    if (paid === undefined) return freeAnswer(free, visit);
    if (visit.method === 'OPTIONS') return preflight(paid.cors, visit);
    const answer = await paywall.serve(visit, paid);
    if (answer === HANG_UP) return answer;
    return { ...answer, headers: { ...answer.headers, ...corsHeaders(paid.cors, visit) } };
  };
}
