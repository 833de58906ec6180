import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestKind } from '../../../src/interception/challenge.ts';
import { startWorld, type World } from './bench.ts';

let world: World;
let page: Page;
beforeAll(async () => {
  world = await startWorld();
  const { serve } = world.paywall;
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
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.policy('pay');
  page = await world.browser.context.newPage();
});
afterEach(() => page.close());

const statuses = (path: string) => world.paywall.at(path).map(({ status }) => status);
/** Opens a page of this markup. */
const show = (name: string, html: string) => page.goto(world.paywall.page(`/show/${name}`, html));

interface Way {
  readonly name: string;
  readonly path: string;
  readonly kind: RequestKind;
  /** What stands in the page, and what it does then. */
  readonly html: string;
  readonly script?: string;
  /** True in the page once it has what was paid for; where the page cannot say, the server does. */
  readonly has?: string;
}

const itself: readonly Way[] = [
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

describe('the purse has the page ask again for', () => {
  test.each(itself)('$name', async ({ path, kind, html, has }) => {
    await show(encodeURIComponent(path), html);
    if (has !== undefined) await page.waitForFunction(has);
    await expect.poll(async () => (await world.seen(path)).deliveries).toHaveLength(1);
    const { challenges, deliveries } = await world.seen(path);
    expect(challenges.every((challenge) => challenge.kind === kind)).toBe(true);
    expect(deliveries[0]?.delivery).toMatchObject({
      kind: 'answered',
      paymentResponse: expect.stringMatching(/^receipt/),
    });
    expect(world.paywall.at(path).filter(({ proof }) => proof !== null)).toHaveLength(1);
  });
});

const byLoading: readonly Way[] = [
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
    script: 'new EventSource("/paid/events")',
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

describe('what only the page can ask for again is paid, and served when the page is loaded again:', () => {
  test.each(byLoading)('$name', async ({ path, kind, html, script, has }) => {
    await show(encodeURIComponent(path), `${html}<script>${script ?? ''}</script>`);
    await world.untilToLoad(path);
    expect(statuses(path)).toEqual([402]);
    await page.reload();
    if (has !== undefined) await page.waitForFunction(has);
    await expect.poll(async () => (await world.seen(path)).deliveries).toHaveLength(1);
    const { challenges, deliveries } = await world.seen(path);
    expect(challenges[0]).toMatchObject({ kind, userPart: 'load' });
    expect(deliveries[0]?.delivery).toMatchObject({ kind: 'answered', status: 200 });
    expect(world.paywall.at(path).filter(({ proof }) => proof !== null)).toMatchObject([{ status: 200 }]);
  });
});
