import { validateHeaderValue } from 'node:http';
import { type Answer, BadRequest, html, json, sendOn, show, text, type Visit } from './http.ts';
import { askAsEarlier } from './legacy.ts';
import { everyWay } from './pages/every-way.ts';
import { frontPage } from './pages/front.ts';
import { escapeHtml, page } from './pages/layout.ts';
import { own402 } from './pages/own-402.ts';
import { PAID_ROUTES } from './paid-routes.ts';
import { TERM_PARAMETERS } from './terms.ts';

/** A route that costs nothing. */
export interface FreeRoute {
  readonly path: string;
  readonly says: string;
  readonly serve: (visit: Visit) => Answer | Promise<Answer>;
}

/** Values of `PAYMENT-REQUIRED` that no query can carry, by the id they were registered under. */
export type HeaderRegistry = ReadonlyMap<string, string | readonly string[]>;

export const MALFORMED = '/malformed';
/** Where the demo of x402.Nano asks for money, to take the proof elsewhere (docs/WIRE.md §3.8). */
export const DEMO_ISSUE = '/api/demo/track-a/issue';

/** Everything that is free here, except the merchant's own records; `more` is listed with the rest. */
export function freeRoutes(
  registry: HeaderRegistry,
  { payTo, priceRaw }: { readonly payTo: string; readonly priceRaw: bigint },
  more: readonly FreeRoute[],
): readonly FreeRoute[] {
  const routes: FreeRoute[] = [
    {
      path: '/',
      says: 'the paper: the front page of the shop',
      serve: () => show(200, html(frontPage(priceRaw))),
    },
    { path: '/routes', says: 'this list', serve: () => show(200, html(index(routes))) },
    {
      path: '/page',
      says: 'asks for the paid routes in every way a page can',
      serve: () => show(200, html(everyWay())),
    },
    {
      path: '/own-402',
      says: 'a page that handles its own 402; with ?manual=head it says so',
      serve: ({ url }) => show(200, html(own402(saysSo(url)))),
    },
    { path: '/free', says: 'a page with no 402 at all', serve: () => show(200, html(freePage())) },
    { path: '/redirect', says: 'sends you on to ?to=, or to the article', serve: redirect },
    {
      path: MALFORMED,
      says: '402 with the header given in ?header= as base64url',
      serve: malformed(registry),
    },
    { path: DEMO_ISSUE, says: 'the same, where the x402.Nano demo asks', serve: malformed(registry) },
    {
      path: '/legacy',
      says: '402 of another ?protocol=: rev1, rev4, rev5, rev5-demo, v1, v1-nano, hash-malformed, deposit, order, invoice, l402, mpp, crawl',
      serve: askAsEarlier(payTo),
    },
    ...more,
  ];
  return routes;
}

/** @throws BadRequest for another place in a page */
function saysSo({ searchParams }: URL): 'head' | 'body' | null {
  const place = searchParams.get('manual');
  if (place !== null && place !== 'head' && place !== 'body') throw new BadRequest('manual: head or body');
  return place;
}

/** The answer of the route that a visit asks for; 404 where there is none. */
export function freeAnswer(routes: readonly FreeRoute[], visit: Visit): Answer | Promise<Answer> {
  const route = routes.find(({ path }) => path === visit.url.pathname);
  return route?.serve(visit) ?? show(404, json({ error: 'Not found' }));
}

function freePage(): string {
  return page('Common land', '<h1>Common land</h1>\n<p id="free">Nothing here costs anything.</p>');
}

function index(free: readonly FreeRoute[]): string {
  const paid = PAID_ROUTES.map(({ path, method, description }) => row(path, `${method}: ${description}`));
  return page(
    'Tollgate',
    `<h1>Tollgate</h1>
<p>A publisher who charges by the visit, in Nano.</p>
<h2>Paid</h2>
<table>${paid.join('\n')}</table>
<p class="byline">Each takes ${TERM_PARAMETERS.map((name) => `<code>${name}</code>`).join(', ')} in its query.</p>
<h2>Free</h2>
<table>${free.map(({ path, says }) => row(path, says)).join('\n')}
${row('/merchant/books', 'everything the merchant knows')}</table>`,
  );
}

function row(path: string, says: string): string {
  return `<tr><td><a href="${path}">${path}</a></td><td>${escapeHtml(says)}</td></tr>`;
}

function redirect(visit: Visit): Answer {
  const query = new URLSearchParams(visit.url.searchParams);
  const to = query.get('to');
  query.delete('to');
  return sendOn(visit, to ?? `/article?${query}`);
}

/** A 402 whose header is whatever the test says: by the query for visible ASCII, by the registry for anything else. */
function malformed(registry: HeaderRegistry): (visit: Visit) => Answer {
  return ({ url }) => {
    const value = registry.get(url.searchParams.get('id') ?? '') ?? decode(url.searchParams.get('header'));
    return show(402, text('This page has an odd price\n'), {
      'Cache-Control': 'no-store',
      ...(value === undefined ? {} : { 'PAYMENT-REQUIRED': value }),
    });
  };
}

function decode(header: string | null): string | undefined {
  if (header === null) return undefined;
  const value = Buffer.from(header, 'base64url').toString('latin1');
  try {
    validateHeaderValue('PAYMENT-REQUIRED', value);
  } catch (error) {
    throw new BadRequest('header: not a header value', { cause: error });
  }
  return value;
}

/** The control route that shows the records. */
export function recordsRoute(records: () => unknown): FreeRoute {
  return {
    path: '/merchant/books',
    says: 'everything',
    serve: () => show(200, json(records()), { 'Cache-Control': 'no-store' }),
  };
}

/** The merchant's own control routes: what tests read and reset. */
export function controlRoutes(records: () => unknown, reset: () => void): readonly FreeRoute[] {
  return [
    recordsRoute(records),
    {
      path: '/merchant/reset',
      says: 'forget everything',
      serve: ({ method }) => {
        if (method !== 'POST') return show(405, json({ error: 'Method not allowed' }), { Allow: 'POST' });
        reset();
        return { status: 204, headers: {}, body: '' };
      },
    },
  ];
}
