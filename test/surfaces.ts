/** What a page can ask for, and how the purse pays for it: the one list that the tests print and docs/SURFACES.md holds. */
export interface Surface {
  readonly surface: string;
  readonly how: string;
  /** Beside answering the question, where there is one. */
  readonly user: string;
  readonly limits: string;
  /** The test that shows it in a real browser: its file in test/e2e, and words of its name. */
  readonly shown: readonly [file: string, words: string];
}

const HERE = 'interception/surfaces.test.ts';
const DOCUMENTS = 'interception/documents.test.ts';
const FETCH = 'interception/fetch.test.ts';
const WITHDRAWN = 'attacks/withdrawn.test.ts';
const OWN_402 = 'own-402.test.ts';
const UNANSWERED = 'unanswered.test.ts';
const SAFETY = 'interception/safety.test.ts';
const LOAD = 'loads the page again, by the button in the purse';
const WAITS =
  'paid; the proof waits up to five minutes for the page to ask again, at once or within seconds of a load';
const REPEATS = 'loading the page again asks for everything else on it again, too';

export const surfaces: readonly Surface[] = [
  {
    surface: 'document, GET',
    how: 'its tab is reloaded, from the server',
    user: 'nothing',
    limits: 'not for prefetch and prerender: nobody looks at those',
    shown: [DOCUMENTS, 'a page with a 402 of its own'],
  },
  {
    surface: 'document, GET, 402 without a body',
    how: 'its tab is reloaded from the browser’s error page',
    user: 'answers a question, whatever the budget',
    limits: 'the browser does not tell who opened it, so no budget counts',
    shown: [DOCUMENTS, 'a bare 402 is reloaded'],
  },
  {
    surface: 'document, POST, urlencoded',
    how: 'the page of the 402 reloads itself, which sends the form again',
    user: 'nothing',
    limits: '',
    shown: [DOCUMENTS, 'a form is sent again with its body'],
  },
  {
    surface: 'document, POST, multipart with a file',
    how: 'the page of the 402 reloads itself, file and all',
    user: 'nothing',
    limits: '',
    shown: [HERE, 'with a file is posted again'],
  },
  {
    surface: 'document, POST, 402 without a body',
    how: 'its tab is reloaded; the question says what the browser will ask',
    user: 'confirms to the browser that the form is sent again',
    limits: 'within a minute; after that the proof is kept for the next try',
    shown: [HERE, 'into a bare 402'],
  },
  {
    surface: 'window that a page opens, with an opener or without',
    how: 'as a document',
    user: 'nothing',
    limits: '',
    shown: [HERE, 'a window that a page opens'],
  },
  {
    surface: 'document behind a redirect (301, 302, 303, 307, 308; same and other origin)',
    how: 'paid where it ends; the rule knows only that URL',
    user: 'nothing',
    limits: 'a redirect by another site makes every budget ask',
    shown: [HERE, 'is paid where it ends'],
  },
  {
    surface: 'document that a page’s service worker passes on',
    how: 'its tab is reloaded past the worker',
    user: 'answers a question, whatever the budget',
    limits: 'the browser does not tell who led there, so no budget counts',
    shown: [HERE, 'a document in it is loaded again past the worker'],
  },
  {
    surface: 'history: back to what was bought',
    how: 'the browser’s own copy',
    user: 'nothing',
    limits: 'a paid answer under `no-store` may be asked for anew, and then costs anew, after a question',
    shown: [HERE, 'going back to a paid page'],
  },
  {
    surface: 'page that the browser kept whole, gone back to',
    how: 'its scripts are held as before it was left',
    user: 'nothing',
    limits:
      'what it held when it was left gets its own 402: seconds after the page is left the question is gone',
    shown: ['interception/back-forward.test.ts', 'holds what it fetches'],
  },
  {
    surface: 'iframe (same and other origin, without a body, sandboxed)',
    how: 'the frame reloads itself, or the page around it sets its source anew',
    user: 'nothing',
    limits: 'a POST into a frame, answered 402 without a body, is not paid',
    shown: [DOCUMENTS, 'is loaded again, the page around it is not'],
  },
  {
    surface: 'fetch, of every kind of body',
    how: 'held in the page, sent again by it',
    user: 'nothing',
    limits: 'a body that is a stream is not held',
    shown: ['interception/fidelity.test.ts', 'a page sees the same with the purse as without it'],
  },
  {
    surface: 'fetch in about:blank, srcdoc, blob: and sandboxed frames',
    how: 'held in the page',
    user: 'nothing',
    limits: '',
    shown: [FETCH, 'fetch is held in every kind of document'],
  },
  {
    surface: 'fetch behind a redirect (each status, same and other origin)',
    how: 'held in the page; sent again to the last URL within one origin, by the same way over several',
    user: 'nothing',
    limits: 'where a redirect over several origins sets a fragment of its own, the page is loaded again',
    shown: [FETCH, 'to a 402 of this or another origin is paid'],
  },
  {
    surface: 'fetch whose 402 may be cached',
    how: 'held; the proof goes to the server, past the cache',
    user: 'nothing',
    limits: '',
    shown: [FETCH, 'is paid at the server, not at the cache'],
  },
  {
    surface: 'fetch that is aborted while it is held',
    how: 'the hold ends with the page’s own reason, its question goes, and nothing is paid',
    user: 'nothing',
    limits: 'once the block is signed, the proof is kept for the same request',
    shown: [FETCH, 'an abort ends the hold'],
  },
  {
    surface: 'fetch and XMLHttpRequest, GET, whose question nobody answers',
    how: 'held for 60 seconds, or for the time (5 seconds or more) that the XMLHttpRequest has set; then the page gets its own 402, and the question stays while the page is there; paid later, the page is loaded again',
    user: 'answers by *Pay and reload*',
    limits:
      'loading the page again asks for everything else on it again, too; a page that asks later than 5 seconds after its load is held until it has the content',
    shown: [UNANSWERED, 'gets its own 402 after a minute'],
  },
  {
    surface:
      'fetch and XMLHttpRequest, POST and other methods that change something, whose question nobody answers',
    how: 'as GET, but the page is not loaded again: the proof waits for the page to send the request again',
    user: 'does the same in the page again',
    limits: 'at another price it is asked about',
    shown: [UNANSWERED, 'its page sends it again, and it is paid once'],
  },
  {
    surface: 'fetch and XMLHttpRequest of a page that handles its own 402',
    how: 'the page gets its own 402 at once and unchanged; nothing is asked or paid',
    user: 'chooses *Let this page handle it* once, or nothing where the page says so in its head',
    limits: 'what workers and streams of such a page request follows its user’s choice alone',
    shown: [OWN_402, 'left to itself, it is paid by another wallet and shows its content'],
  },
  {
    surface: 'fetch with a signal, XMLHttpRequest: what its page can take back',
    how: 'asked about or paid once it was held for 0.25 s; for 0.75 s where its page has just taken others back',
    user: 'nothing',
    limits: 'what is sent again within 2 s goes on with the payment of the first',
    shown: [WITHDRAWN, 'a type-ahead box that takes back all but its last %s costs one payment'],
  },
  {
    surface: 'fetch that the page may not read (CORS)',
    how: 'not paid: it would help nobody',
    user: 'nothing',
    limits: 'a line in the log says so',
    shown: [FETCH, 'a response that CORS hides stays hidden'],
  },
  {
    surface: 'XMLHttpRequest',
    how: 'held in the page, sent again by it',
    user: 'nothing',
    limits: '',
    shown: ['interception/fidelity.test.ts', 'a page sees the same with the purse as without it'],
  },
  {
    surface: 'fetch and XMLHttpRequest of a page under its own service worker',
    how: 'held in the page; the rule follows it into the worker',
    user: 'nothing',
    limits: 'a worker that asks without the fragment gets no proof: it is kept',
    shown: [HERE, 'what its scripts fetch is held and paid'],
  },
  {
    surface: 'image (`src`, `srcset`, of another origin, redirected, cacheable 402)',
    how: 'the element’s source is set anew',
    user: 'nothing',
    limits: '',
    shown: ['interception/images.test.ts', 'appears'],
  },
  {
    surface: '`<picture>`',
    how: 'the element’s source is set anew',
    user: 'nothing',
    limits: '',
    shown: [HERE, 'a picture element'],
  },
  {
    surface: '`<input type=image>`',
    how: 'the element’s source is set anew',
    user: 'nothing',
    limits: '',
    shown: [HERE, 'an image button'],
  },
  {
    surface: 'stylesheet, sound, film, embedded page or script whose 402 may be cached',
    how: 'as without: what goes again goes to the server, past the cache',
    user: 'nothing; for a script, loads the page again',
    limits: '',
    shown: [HERE, 'whose 402 may be cached'],
  },
  {
    surface: '`<audio>`, `<video>`, with `<source>` too',
    how: 'the element loads anew',
    user: 'presses play again, where it does not start by itself',
    limits:
      'a proof is good for one request, and players ask for a file in parts. What is paid is the request from its start; a 402 to a later part is never paid. The server must answer with the whole, or let the later parts pass (by a cookie)',
    shown: [HERE, 'an audio element'],
  },
  {
    surface: '`<link rel=stylesheet>`',
    how: 'the element is put anew where it stands',
    user: 'nothing',
    limits: '',
    shown: [HERE, 'a stylesheet'],
  },
  {
    surface: '`<embed>`',
    how: 'the element’s source is set anew',
    user: 'nothing',
    limits: '',
    shown: [HERE, 'an embedded page'],
  },
  {
    surface: 'download by `<a download>`',
    how: 'a link of the purse’s own starts it again, under the same name',
    user: 'nothing',
    limits:
      'the browser may list the first, failed one; downloads that an extension starts are not seen by the purse',
    shown: [HERE, 'a download that a link starts'],
  },
  ...(
    [
      ['synchronous XMLHttpRequest', 'a synchronous XMLHttpRequest', 'seen as such after 4 seconds'],
      ['`no-cors` fetch', 'a no-cors fetch', REPEATS],
      ['EventSource', 'an EventSource', REPEATS],
      ['fetch in a dedicated worker', 'a dedicated worker', 'seen as such after 4 seconds'],
    ] as const
  ).map(
    ([surface, shown, limits]): Surface => ({
      surface,
      how: WAITS,
      user: `answers a question, whatever the budget; ${LOAD}`,
      limits,
      shown: [HERE, shown],
    }),
  ),
  ...(
    [
      ['script of a worker', 'the script of a worker', ''],
      ['script', 'a script', 'never run late: scripts count on their order'],
      ['module', 'a module', 'never run late'],
      ['font', 'a font', ''],
      ['stylesheet that another imports', 'a stylesheet that another imports', ''],
      ['background image', 'a background image', ''],
      ['`<video poster>`', 'a poster', ''],
      ['`<image>` in an SVG drawing', 'an image in a drawing', ''],
      [
        'image that is in no document',
        'an image that is in no document',
        'not icons of the page: the browser asks for those',
      ],
      ['`<object>` that shows a page', 'an object that shows a page', ''],
      ['`<object>` that shows an image', 'an object that shows an image', ''],
    ] as const
  ).map(
    ([surface, words, limits]): Surface => ({
      surface,
      how: WAITS,
      user: LOAD,
      limits: limits === '' ? REPEATS : limits,
      shown: [HERE, words],
    }),
  ),
  {
    surface: 'fetch in a shared worker',
    how: WAITS,
    user: `answers a question, whatever the budget; ${LOAD}`,
    limits: 'the browser tells no tab: the purse takes one that shows the site',
    shown: [HERE, 'a shared worker'],
  },
  {
    surface: 'image under a page’s service worker, and what the worker fetches by itself',
    how: WAITS,
    user: `answers a question, whatever the budget; ${LOAD}`,
    limits: 'the browser tells no tab: the purse takes one that shows the site',
    shown: [HERE, 'an image in it, and what the worker fetches by itself'],
  },
  {
    surface: 'document whose server lost the session of its proof (410)',
    how: 'what the server gives for a POST of the proof is shown in its tab, from a `data:` URL; its own address, where that opens now',
    user: 'nothing',
    limits: 'GET, up to 1.5 MB; its scripts have an origin of their own; not in private windows',
    shown: ['lost-session.test.ts', 'is shown in its tab'],
  },
  {
    surface: 'fetch or XMLHttpRequest whose server lost the session of its proof (410)',
    how: 'held once more and sent a third time, to a `data:` URL of what the server gives for a POST of the proof',
    user: 'nothing',
    limits:
      'GET, up to 1.5 MB; of the headers only the type; on a page of another origin only what every page may read; fails where the `connect-src` of the page forbids `data:`; not in private windows',
    shown: ['lost-session.test.ts', 'gets it in the place of the refusal'],
  },
  {
    surface: 'beacon, report, WebSocket, prefetch, icon',
    how: 'not paid: nothing comes of them that a user sees',
    user: 'nothing',
    limits: '',
    shown: ['interception/images.test.ts', 'an icon of the page is not paid'],
  },
  {
    surface: 'unusual methods, URLs beyond 8,192 characters',
    how: 'not paid: no rule of the browser could name the request alone',
    user: 'nothing',
    limits: 'a line in the log says so',
    shown: [SAFETY, 'one beyond the length limit is not paid'],
  },
];

/** A kind of site that sells by 402, and how its pages fare with the purse. */
export interface PageStyle {
  readonly style: string;
  /** What its page does. */
  readonly does: string;
  /** What the purse does, and what the page shows then. */
  readonly gets: string;
  readonly limits: string;
  /** As in `Surface`. */
  readonly shown: Surface['shown'];
}

const STYLES = 'page-styles.test.ts';

export const pageStyles: readonly PageStyle[] = [
  {
    style: 'paywall of the x402.Nano demo',
    does: 'fetches, expects a 402, shows its price as a QR code, looks for the payment, and brings the proof itself',
    gets: 'left to the page (*Let this page handle it*, or its `meta`) or declined: any wallet pays, and the page shows its content',
    limits: 'paid by the purse, the page takes the 200 for an error and does not show it',
    shown: [STYLES, 'as the demo of x402.Nano has it'],
  },
  {
    style: 'paywall of the Rev 7 demo',
    does: 'as above; it polls the state of its session',
    gets: 'as above',
    limits: 'paid by the purse, the page says that it was paid and does not show the content',
    shown: [STYLES, 'as the Rev 7 demo has it'],
  },
  {
    style: 'fetch that pays by itself',
    does: 'wraps `fetch`: at a 402 it pays from a wallet of its own and asks again',
    gets: 'the wrapper sees the paid answer and does not pay; declined, it pays and the purse does not',
    limits: '',
    shown: [STYLES, 'a fetch that pays by itself'],
  },
  {
    style: 'client over XMLHttpRequest',
    does: 'promises with interceptors, as axios has them; whatever fails is tried again',
    gets: 'its request is held and paid once; no retry is needed',
    limits: 'declined, each retry asks again',
    shown: [STYLES, 'a client over XMLHttpRequest that tries again'],
  },
  {
    style: 'fragments',
    does: 'swaps HTML in that an XMLHttpRequest brings, as htmx does',
    gets: 'the paid fragment is swapped in',
    limits: '',
    shown: [STYLES, 'a page that swaps pieces of HTML in'],
  },
  {
    style: 'app of one page',
    does: 'changes its address without a load, and polls until it has its data',
    gets: 'the poll that met the 402 is held and paid',
    limits: '',
    shown: [STYLES, 'an app of one page that polls'],
  },
  {
    style: 'service worker',
    does: 'its worker answers what the page fetches, from its cache first',
    gets: 'the fetch is held in the page; the proof follows it through the worker',
    limits: '',
    shown: [STYLES, 'a page under its own service worker'],
  },
  {
    style: 'frame',
    does: 'what is sold stands in an iframe',
    gets: 'the frame alone is loaded again',
    limits: '',
    shown: [STYLES, 'a page around a frame'],
  },
  {
    style: 'gallery',
    does: 'twelve images, some of them loaded when they come into view',
    gets: 'each is paid by itself and appears',
    limits: '',
    shown: [STYLES, 'a gallery'],
  },
  {
    style: 'film',
    does: 'the player asks for a file in parts, by `Range`',
    gets: 'the first part is paid; the server lets the others pass by a cookie',
    limits: 'see `<audio>`, `<video>` above',
    shown: [STYLES, 'a film'],
  },
  {
    style: 'download',
    does: 'by a link with `download`, by a link that the server answers with a file, by a script',
    gets: 'the file, under its name',
    limits: '',
    shown: [STYLES, 'a download by a link to what the server calls one'],
  },
  {
    style: 'form',
    does: 'posts its fields',
    gets: 'the page of the 402 sends the form again, with its fields',
    limits: '',
    shown: [STYLES, 'a form'],
  },
];

const COLUMNS = ['surface', 'how it is held or made to go again', 'what the user does', 'limits'];
const STYLE_COLUMNS = ['style', 'what its page does', 'what comes of it', 'limits'];
const cells = ({ surface, how, user, limits }: Surface) => [surface, how, user, limits || 'none known'];

/** docs/SURFACES.md. */
export function surfacesPage(): string {
  const line = (all: readonly string[]) => `| ${all.join(' | ')} |`;
  const shownBy = ([file, words]: Surface['shown']) => `\`test/e2e/${file}\`: “${words}”`;
  const rows = surfaces.map((one) => line([...cells(one), shownBy(one.shown)]));
  const styles = pageStyles.map(({ style, does, gets, limits, shown }) =>
    line([style, does, gets, limits || 'none known', shownBy(shown)]),
  );
  return `# What a page can ask for

Whatever answers \`402\` with an offer that the purse can pay, in Chromium. *What the user does* is beside the question
itself, which a budget answers where there is one. The proof goes to the one URL, method, tab and kind of request that
asked, once. A page is never loaded again before its user says so, but where the page itself is what was asked for.

A budget answers the question for a document that its user typed, linked to or sent a form to, in the open tab of the normal
window that had the focus last, at least 300 × 300; and for what a page in view asks for itself. Whatever the browser loads again,
an extension or another program opens, a script moves to without an act of the user, or nobody can see, is asked about
(\`test/e2e/attacks/consent.test.ts\`).

${line([...COLUMNS, 'shown by'])}
${line([...COLUMNS, ''].map(() => '---'))}
${rows.join('\n')}

## Twelve styles of pages

A small page of each style stands in \`test/merchant/pages/styles/\` (\`npm run merchant\` serves them under \`/styles/\`). Each is
paid by a question and inside a budget, and declined; its content is looked at, and the blocks on the ledger are counted.

${line([...STYLE_COLUMNS, 'shown by'])}
${line([...STYLE_COLUMNS, ''].map(() => '---'))}
${styles.join('\n')}

The browser shows an extension the headers of a response and not its body, and a body that a page hands over could be made up. So
what a \`402\` says in its body alone (an order, an invoice, x402 version 1, a price without headers) is known for a document that
its user opened, which the purse asks for once more as a program would, and for nothing else: such a record of the market is
marked *needs body* in \`test/vectors/market.test.ts\`. No other request of the purse looks for a price: a new one may make a
new order.

This page is written from \`test/surfaces.ts\` (\`npx vitest run --project unit test/surfaces.test.ts -u\`).
`;
}

/** The same for a terminal, one line each. */
export function surfacesTable(): string {
  const widths = [52, 58, 48];
  const cut = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text);
  return [COLUMNS, ...surfaces.map(cells)]
    .map((row) => row.map((text, nth) => cut(text, widths[nth] ?? 60).padEnd(widths[nth] ?? 0)).join('  '))
    .join('\n');
}
