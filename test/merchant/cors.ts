import type { Reply, Visit } from './http.ts';

/** Which other origins may read a route's responses. */
export type Cors = 'none' | 'open' | 'credentialed';

/** The response headers that let another origin's page read an answer. */
export function corsHeaders(cors: Cors, visit: Visit): Readonly<Record<string, string>> {
  const exposed = { 'Access-Control-Expose-Headers': 'PAYMENT-REQUIRED, PAYMENT-RESPONSE' };
  switch (cors) {
    case 'none':
      return {};
    case 'open':
      return { 'Access-Control-Allow-Origin': '*', ...exposed };
    case 'credentialed': {
      const { origin } = visit.headers;
      if (origin === undefined) return { Vary: 'Origin' };
      const allowed = { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' };
      return { ...allowed, ...exposed, Vary: 'Origin' };
    }
  }
}

/** The answer to a preflight. */
export function preflight(cors: Cors, visit: Visit): Reply {
  if (cors === 'none') return { status: 405, headers: { Allow: 'GET, HEAD, POST' }, body: '' };
  const allowed = {
    'Access-Control-Allow-Methods': 'GET, HEAD, POST',
    'Access-Control-Allow-Headers': 'Content-Type, PAYMENT-SIGNATURE',
  };
  return { status: 204, headers: { ...corsHeaders(cors, visit), ...allowed }, body: '' };
}
