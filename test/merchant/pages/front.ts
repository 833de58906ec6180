import { xno } from './article.ts';
import { page } from './layout.ts';

interface Piece {
  readonly path: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
}

const PIECES: readonly Piece[] = [
  {
    path: '/image.png',
    kind: 'Picture',
    title: 'An evening sky over the gate',
    text: 'Taken from the keeper’s window on the last day of the toll.',
  },
  {
    path: '/podcast.wav',
    kind: 'Podcast',
    title: 'The bell of the west gate',
    text: 'Six seconds that every carter on the Bath road knew.',
  },
  {
    path: '/film.webm',
    kind: 'Film',
    title: 'Sunset, half a minute',
    text: 'Nothing happens, and it happens beautifully.',
  },
  {
    path: '/tolls.csv',
    kind: 'Data',
    title: 'The tolls of a year',
    text: 'Month by month, as the keeper wrote them down. A table to download.',
  },
];

const STYLE = `<style>
main { max-width: 56rem; }
.masthead { padding-bottom: 1rem; border-bottom: 3px double var(--line); text-align: center; }
.masthead h1 { font-size: 2.8rem; }
.lead { padding: 2rem 0; border-bottom: 1px solid var(--line); }
.lead h2 { margin: 0 0 0.5rem; font-size: 1.9rem; line-height: 1.2; text-wrap: balance; }
.pieces { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 2rem; padding: 2rem 0; }
.pieces h3 { margin: 0.25rem 0; font-size: 1.2rem; line-height: 1.3; }
.pieces p { margin: 0; }
.kind { color: var(--quiet); font: 600 0.75rem/1.5 system-ui, sans-serif; letter-spacing: 0.06em; text-transform: uppercase; }
h2 a, h3 a { color: inherit; }
</style>`;

/** The first page of the shop: a paper whose pieces each cost something. Nothing on it is paid for by looking at it. */
export function frontPage(priceRaw: bigint): string {
  const price = `${xno(priceRaw)} XNO`;
  const piece = ({ path, kind, title, text }: Piece) => `<section>
<p class="kind">${kind} · ${price}</p>
<h3><a href="${path}">${title}</a></h3>
<p>${text}</p>
</section>`;
  return page(
    'The Turnpike Review',
    `<header class="masthead">
<h1>The Turnpike Review</h1>
<p class="byline">Sold by the piece, in Nano. No subscription, no account.</p>
</header>
<section class="lead">
<p class="kind">Essay · ${price}</p>
<h2><a href="/article">A short history of the tollgate</a></h2>
<p>For most of its life a road was nobody’s business. Then somebody put a pole across it, and wrote the price on a board.</p>
</section>
<div class="pieces">
${PIECES.map(piece).join('\n')}
</div>
<footer>This paper is the demo shop of Nano Purse. Developers find <a href="/routes">every test route</a> behind it.</footer>`,
    STYLE,
  );
}
