import type { Cors } from './cors.ts';
import type { PaymentRequired } from './envelope.ts';
import { type Content, html, json, text, type Visit } from './http.ts';
import { article, articleTeaser, gate } from './pages/article.ts';
import { film, partOf } from './pages/film.ts';
import { escapeHtml, PAID_MARKER, page } from './pages/layout.ts';
import { picture } from './pages/picture.ts';
import { podcast } from './pages/podcast.ts';
import { hasPass, passFor } from './passes.ts';
import type { PaidRoute } from './paywall.ts';

/** A route as the server lists it. */
export type PricedRoute = PaidRoute & { readonly cors: Cors };

const ORDINARY = { method: 'GET', manner: 'honest', cacheControl: 'no-store', cors: 'none' } as const;

/** A small page that says it is paid. */
const paidPage = (title: string) =>
  html(page(title, `<h1>${escapeHtml(title)}</h1>\n<p id="paid">${PAID_MARKER}</p>`));

/** A small page that says what it costs. */
const gatedPage = (title: string) => (required: PaymentRequired) =>
  html(page(title, `<h1>${escapeHtml(title)}</h1>\n${gate(required)}`));

const htmlRoute = (path: string, title: string): PricedRoute => ({
  ...ORDINARY,
  path,
  mimeType: 'text/html',
  description: title,
  teaser: gatedPage(title),
  content: () => paidPage(title),
});

/** An API: its 402 carries the offer in the body too, as the reference servers do. */
const apiRoute = (path: string, cors: Cors): PricedRoute => ({
  ...ORDINARY,
  path,
  cors,
  mimeType: 'application/json',
  description: 'Tolls of the day',
  teaser: json,
  content: () => json({ paid: true, marker: PAID_MARKER, tolls: { horse: 1, coach: 6, score_of_sheep: 5 } }),
});

/** Gives back what was sent, with the media type it was sent with. */
function echo(visit: Visit): Content {
  return json({
    paid: true,
    marker: PAID_MARKER,
    contentType: visit.headers['content-type'] ?? null,
    body: visit.body.toString('utf8'),
  });
}

/** Everything that costs money here. */
export const PAID_ROUTES: readonly PricedRoute[] = [
  {
    ...htmlRoute('/article', 'A short history of the tollgate'),
    teaser: (required) => html(articleTeaser(required)),
    content: () => html(article()),
  },
  { ...htmlRoute('/bare', 'Behind a bare gate'), teaser: () => html('') },
  { ...htmlRoute('/frame', 'A framed view') },
  { ...htmlRoute('/cacheable', 'A gate that is remembered'), cacheControl: 'public, max-age=600' },
  apiRoute('/api/data', 'open'),
  apiRoute('/api/private', 'none'),
  // As the demo of x402.Nano, which makes offers at one URL and takes proofs at another (docs/WIRE.md §3.8).
  { ...apiRoute('/api/demo/track-b/issue', 'none'), takesProofs: false },
  { ...apiRoute('/api/demo/track-b/redeem', 'none'), redeems: '/api/demo/track-b/issue' },
  apiRoute('/api/credentialed', 'credentialed'),
  { ...apiRoute('/api/echo', 'open'), method: 'POST', description: 'An echo', content: echo },
  {
    ...ORDINARY,
    path: '/image.png',
    mimeType: 'image/png',
    description: 'An evening sky',
    teaser: () => text('Payment Required\n'),
    content: () => ({ type: 'image/png', body: picture() }),
  },
  {
    ...htmlRoute('/fragment', 'A piece of a page'),
    teaser: (required) => html(gate(required)),
    content: () => html(`<p class="fragment">${PAID_MARKER}</p>`),
  },
  {
    ...htmlRoute('/tolls.csv', 'The tolls of a year'),
    mimeType: 'text/csv',
    content: () => ({
      type: 'text/csv; charset=utf-8',
      body: `month,tolls\nJanuary,1204\n${PAID_MARKER}\n`,
      headers: { 'Content-Disposition': 'attachment; filename="tolls.csv"' },
    }),
  },
  {
    ...ORDINARY,
    path: '/film.webm',
    mimeType: 'video/webm',
    description: 'A sunset, half a minute',
    teaser: () => text('Payment Required\n'),
    content: (visit) => {
      const part = partOf(visit, { type: 'video/webm', body: film });
      return { ...part, headers: { ...part.headers, ...passFor(visit) } };
    },
    admits: hasPass,
  },
  {
    ...ORDINARY,
    path: '/podcast.wav',
    mimeType: 'audio/wav',
    description: 'The bell of the west gate',
    teaser: () => text('Payment Required\n'),
    content: () => ({ type: 'audio/wav', body: podcast() }),
  },
  { ...htmlRoute('/always-refuses', 'A keeper who takes and refuses'), manner: 'always-refuses' },
  { ...htmlRoute('/loses-answer', 'A keeper who hangs up'), manner: 'loses-answer' },
  { ...htmlRoute('/breaks-off', 'A keeper who faints over the book'), manner: 'breaks-off' },
  { ...htmlRoute('/fails', 'A keeper who breaks down'), manner: 'fails' },
  { ...htmlRoute('/moves-away', 'A keeper who sends you elsewhere'), manner: 'moves-away' },
];
