import type { RequestKind } from '../../../src/interception/challenge.ts';
import type { Paywall } from './paywall.ts';

/** A way in which a page asks for something that costs money. */
export interface Way {
  readonly name: string;
  readonly path: string;
  readonly kind: RequestKind;
  /** What stands in the page, and what it does then. */
  readonly html: string;
  readonly script?: string;
  /** True in the page once it has what was paid for; where the page cannot say, the server does. */
  readonly has?: string;
}

/** What the purse has the page ask for again in Chromium. */
export const itself: readonly Way[] = [
  {
    name: 'a stylesheet',
    path: '/paid/link?as=css',
    kind: 'stylesheet',
    html: '<link rel="stylesheet" href="/paid/link?as=css">',
    has: 'getComputedStyle(document.body).color === "rgb(1, 2, 3)"',
  },
  {
    name: 'a picture element',
    path: '/paid/picture?as=png',
    kind: 'image',
    html: '<picture><source srcset="/paid/picture?as=png"><img></picture>',
    has: 'document.images[0].naturalWidth === 1',
  },
  {
    name: 'an image button',
    path: '/paid/button?as=png',
    kind: 'image',
    html: '<input type="image" alt="a long text in its place" src="/paid/button?as=png">',
    has: 'document.querySelector("input").offsetWidth === 1',
  },
  {
    name: 'a stylesheet whose 402 may be cached',
    path: '/paid/link?as=css&cache=600',
    kind: 'stylesheet',
    html: '<link rel="stylesheet" href="/paid/link?as=css&cache=600">',
    has: 'getComputedStyle(document.body).color === "rgb(1, 2, 3)"',
  },
  {
    name: 'an audio element whose 402 may be cached',
    path: '/paid/sounds?as=wav&cache=600',
    kind: 'media',
    html: '<audio src="/paid/sounds?as=wav&cache=600" preload="auto"></audio>',
    has: 'document.querySelector("audio").readyState >= 3',
  },
  {
    name: 'an embedded page whose 402 may be cached',
    path: '/paid/embed?as=html&cache=600',
    kind: 'object',
    html: '<embed src="/paid/embed?as=html&cache=600" type="text/html">',
    has: 'frames[0]?.document.title === "Paid"',
  },
  {
    name: 'an audio element',
    path: '/paid/sounds?as=wav',
    kind: 'media',
    html: '<audio src="/paid/sounds?as=wav" preload="auto"></audio>',
    has: 'document.querySelector("audio").readyState >= 3',
  },
  {
    name: 'a video element with sources',
    path: '/paid/films?as=wav',
    kind: 'media',
    html: '<video preload="auto"><source src="/paid/films?as=wav"></video>',
    has: 'document.querySelector("video").readyState >= 3',
  },
  {
    name: 'an embedded page',
    path: '/paid/embed?as=html',
    kind: 'object',
    html: '<embed src="/paid/embed?as=html" type="text/html">',
    has: 'frames[0]?.document.title === "Paid"',
  },
];

/** What only a load of the page asks for again in Chromium. */
export const byLoading: readonly Way[] = [
  {
    name: 'a synchronous XMLHttpRequest',
    path: '/paid/sync',
    kind: 'xmlhttprequest',
    html: '',
    script: 'const xhr = new XMLHttpRequest(); xhr.open("GET", "/paid/sync", false); xhr.send()',
  },
  {
    name: 'a no-cors fetch',
    path: '/paid/no-cors',
    kind: 'xmlhttprequest',
    html: '',
    script: 'fetch("/paid/no-cors", { mode: "no-cors" })',
  },
  {
    name: 'a dedicated worker',
    path: '/paid/dedicated',
    kind: 'xmlhttprequest',
    html: '',
    script: 'new Worker("/dedicated.js")',
  },
  {
    name: 'the script of a worker',
    path: '/paid/worker?as=js',
    kind: 'script',
    html: '',
    script: 'new Worker("/paid/worker?as=js")',
  },
  {
    name: 'a shared worker',
    path: '/paid/shared',
    kind: 'xmlhttprequest',
    html: '',
    script: 'new SharedWorker("/shared.js").port.start()',
  },
  {
    name: 'an EventSource',
    path: '/paid/events',
    kind: 'xmlhttprequest',
    html: '',
    // Held: what nothing refers to and nothing listens to, the browser may collect before it is answered.
    script: 'globalThis.events = new EventSource("/paid/events")',
  },
  {
    name: 'a script',
    path: '/paid/script?as=js',
    kind: 'script',
    html: '<script src="/paid/script?as=js"></script>',
    has: 'document.title === "Paid"',
  },
  {
    name: 'a module',
    path: '/paid/module?as=js',
    kind: 'script',
    html: '<script type="module" src="/paid/module?as=js"></script>',
    has: 'document.title === "Paid"',
  },
  {
    name: 'a font',
    path: '/paid/font',
    kind: 'font',
    html: '<style>@font-face { font-family: F; src: url(/paid/font) } p { font-family: F }</style><p>text',
  },
  {
    name: 'a stylesheet that another imports',
    path: '/paid/imported?as=css',
    kind: 'stylesheet',
    html: '<style>@import "/paid/imported?as=css"</style>',
    has: 'getComputedStyle(document.body).color === "rgb(1, 2, 3)"',
  },
  {
    name: 'a background image',
    path: '/paid/background?as=png',
    kind: 'image',
    html: '<body style="background: url(\'/paid/background?as=png\')">',
  },
  {
    name: 'a poster',
    path: '/paid/poster?as=png',
    kind: 'image',
    html: '<video poster="/paid/poster?as=png"></video>',
  },
  {
    name: 'an image in a drawing',
    path: '/paid/drawn?as=png',
    kind: 'image',
    html: '<svg><image href="/paid/drawn?as=png"/></svg>',
  },
  {
    name: 'a script whose 402 may be cached',
    path: '/paid/script?as=js&cache=600',
    kind: 'script',
    html: '<script src="/paid/script?as=js&cache=600"></script>',
    has: 'document.title === "Paid"',
  },
  {
    name: 'an object that shows a page',
    path: '/paid/object?as=html',
    kind: 'object',
    html: '<object data="/paid/object?as=html" type="text/html"></object>',
    has: 'document.querySelector("object").contentDocument?.title === "Paid"',
  },
  {
    name: 'an object that shows an image',
    path: '/paid/object?as=png',
    kind: 'object',
    html: '<object data="/paid/object?as=png" type="image/png"></object>',
  },
  {
    name: 'an image that is in no document',
    path: '/paid/detached?as=png',
    kind: 'image',
    html: '',
    script: 'globalThis.image = new Image(); image.src = "/paid/detached?as=png"',
    has: 'image.naturalWidth === 1',
  },
];

/** Serves the workers that the ways start, and the service worker of the pages under `/through`. */
export function serveScripts({ serve }: Paywall): void {
  const script = (path: string, code: string) =>
    serve(path, (_, response) => response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(code));
  script('/dedicated.js', 'fetch("/paid/dedicated").then(({ status }) => postMessage(status))');
  script('/shared.js', 'onconnect = () => fetch("/paid/shared")');
  script(
    '/through/worker.js',
    `addEventListener('install', () => skipWaiting());
     addEventListener('activate', (event) => event.waitUntil(clients.claim()));
     addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));
     addEventListener('message', ({ data }) => fetch(data));`,
  );
}
