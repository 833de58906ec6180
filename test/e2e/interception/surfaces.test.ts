import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { surfacesTable } from '../../surfaces.ts';
import { startWorld, type World } from './harness.ts';
import { wav } from './tone.ts';
import { byLoading, itself, serveScripts } from './ways.ts';

let world: World;
let page: Page;
beforeAll(async () => {
  world = await startWorld();
  serveScripts(world.paywall);
});
afterAll(async () => {
  console.log(surfacesTable());
  await world?.close();
});
beforeEach(async () => {
  await world.policy('pay');
  page = await world.browser.context.newPage();
});
afterEach(() => page.close());

const statuses = (path: string) => world.paywall.at(path).map(({ status }) => status);
/** Opens a page of this markup. */
const show = (name: string, html: string) => page.goto(world.paywall.page(`/show/${name}`, html));

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

describe('a page under its own service worker:', () => {
  beforeEach(async () => {
    await page.goto(world.paywall.page('/through/page', '<title>Through</title>'));
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/through/worker.js');
      if (navigator.serviceWorker.controller === null) {
        await new Promise((resolve) =>
          navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
        );
      }
    });
  });

  test('what its scripts fetch is held and paid', async () => {
    const path = '/paid/through';
    expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(200);
    expect(statuses(path)).toEqual([402, 200]);
    const [challenge] = (await world.seen(path)).challenges;
    expect(challenge).toMatchObject({ fromServiceWorker: true, frameId: 0, topOrigin: world.paywall.here });
    expect(challenge?.documentId).not.toBeNull();
  });

  test('a document in it is loaded again past the worker', async () => {
    const path = '/through/paid/article?as=html';
    await page.goto(world.paywall.here + path);
    await page.waitForFunction(() => document.title === 'Paid');
    expect(statuses(path)).toEqual([402, 200]);
    expect((await world.seen(path)).challenges).toMatchObject([
      { kind: 'main_frame', fromServiceWorker: true },
    ]);
  });

  test('an image in it, and what the worker fetches by itself, wait for the page', async () => {
    const [image, own] = ['/paid/through?as=png', '/paid/own'];
    await page.evaluate(
      ([src, fetched]) => {
        document.body.innerHTML = `<img src="${src}">`;
        navigator.serviceWorker.controller?.postMessage(fetched);
      },
      [image, own],
    );
    for (const path of [image, own]) {
      await world.untilToLoad(path);
      expect((await world.seen(path)).challenges).toMatchObject([{ userPart: 'load', topOrigin: null }]);
    }
    await page.evaluate(
      ([src, fetched]) => {
        document.body.innerHTML = `<img src="${src}">`;
        navigator.serviceWorker.controller?.postMessage(fetched);
      },
      [image, own],
    );
    await page.waitForFunction(() => document.images[0]?.naturalWidth === 1);
    for (const path of [image, own]) await expect.poll(() => statuses(path)).toEqual([402, 200]);
  });
});

test.each(['', 'noopener'])('a window that a page opens is paid (%s)', async (features) => {
  const path = `/paid/window?as=html&${features}`;
  await show(`opens-${features}`, '<title>Opens</title>');
  const [opened] = await Promise.all([
    world.browser.context.waitForEvent('page'),
    page.evaluate(([url, how]) => void open(url, '_blank', how), [path, features] as const),
  ]);
  await opened.waitForFunction(() => document.title === 'Paid');
  expect((await world.seen(path)).challenges).toMatchObject([{ initiator: world.paywall.here }]);
  await opened.close();
});

test('a download that a link starts is started again, under the name that the link gives it', async () => {
  const path = '/paid/download';
  await show('download', `<a href="${path}" download="bought.json">get</a>`);
  const done = page.waitForEvent('download', (download) => download.suggestedFilename() === 'bought.json');
  await page.click('a');
  await done;
  await expect.poll(() => statuses(path)).toEqual([402, 200]);
  expect((await world.seen(path)).challenges).toMatchObject([{ kind: 'other' }]);
});

describe('a form that was posted', () => {
  test('with a file is posted again, file and all', async () => {
    const path = '/paid/upload?as=html';
    await show(
      'upload',
      `<form method="post" enctype="multipart/form-data" action="${path}"><input type="file" name="f"></form>`,
    );
    await page.setInputFiles('input', {
      name: 'a.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('content'),
    });
    await page.evaluate(() => document.forms[0]?.submit());
    await page.waitForFunction(() => document.title === 'Paid');
    const [first, second] = world.paywall.at(path);
    expect([first?.status, second?.status]).toEqual([402, 200]);
    expect(second?.body).toContain('content');
    expect(second?.body).toBe(first?.body);
  });

  test('into a bare 402 is sent again by the browser, which the question says', async () => {
    const path = '/paid/bare-form?as=html&bare';
    await show('bare-form', `<form method="post" action="${path}"><input name="a" value="1"></form>`);
    await page.evaluate(() => document.forms[0]?.submit());
    await page.waitForFunction(() => document.title === 'Paid');
    expect(world.paywall.at(path).map(({ status, body }) => [status, body])).toEqual([
      [402, 'a=1'],
      [200, 'a=1'],
    ]);
    expect((await world.seen(path)).challenges).toMatchObject([{ userPart: 'confirm' }]);
  });
});

test.each([301, 302, 303, 307, 308])('a document behind a %i is paid where it ends', async (status) => {
  for (const target of [
    `${world.paywall.here}/paid/moved?as=html&${status}`,
    `${world.paywall.there}/paid/moved?as=html&${status}&far`,
  ]) {
    const { pathname, search } = new URL(target);
    const url = world.paywall.serve(`/moved?${encodeURIComponent(target)}`, (_, response) => {
      response.writeHead(status, { Location: target }).end();
    });
    await page.goto(url);
    await page.waitForFunction(() => document.title === 'Paid');
    expect(statuses(pathname + search)).toEqual([402, 200]);
  }
});

test('going back to a paid page asks for no second payment while the browser caches it', async () => {
  const path = '/paid/kept?as=html&keep=3600';
  await page.goto(world.paywall.here + path);
  await page.waitForFunction(() => document.title === 'Paid');
  await show('away', '<title>Away</title>');
  await page.goBack();
  await page.waitForFunction(() => document.title === 'Paid');
  expect(statuses(path)).toEqual([402, 200]);
});

test('what waits for its page outlives the worker, and ends with the page', async () => {
  const path = '/paid/waits';
  const ask = () => page.evaluate((url) => void fetch(url, { mode: 'no-cors' }), path);
  await show('waits', '<title>Waits</title>');
  await ask();
  await world.untilToLoad(path);
  await world.killWorker();
  await page.evaluate(() => fetch('/paid/wakes?free'));
  await world.untilToLoad(path);
  await ask();
  await expect.poll(() => statuses(path)).toEqual([402, 200]);

  const left = '/paid/leaves';
  await page.evaluate((url) => void fetch(url, { mode: 'no-cors' }), left);
  await world.untilToLoad(left);
  await page.goto(world.paywall.page('/left', '').replace(world.paywall.here, world.paywall.there));
  await expect
    .poll(async () => (await world.seen(left)).deliveries)
    .toMatchObject([{ delivery: { kind: 'unanswered', reason: 'gone' } }]);
});

describe('servers that go wrong', () => {
  const priced = { 'PAYMENT-REQUIRED': 'offer', 'Content-Type': 'text/html' };

  test('and redirect a paid request to the next price, in a circle, are paid once', async () => {
    for (const [path, next] of [
      ['/circle/a', '/circle/b'],
      ['/circle/b', '/circle/a'],
    ] as const) {
      world.paywall.serve(path, ({ headers }, response) => {
        if (headers['payment-signature'] === undefined) response.writeHead(402, priced).end('<p>Price');
        else response.writeHead(302, { Location: next }).end();
      });
    }
    await page.goto(`${world.paywall.here}/circle/a`);
    await page.waitForURL('**/circle/b');
    const proofs = ['/circle/a', '/circle/b']
      .flatMap((path) => world.paywall.at(path))
      .map(({ proof }) => proof);
    expect(proofs.filter((proof) => proof !== null)).toHaveLength(1);
    expect((await world.seen('/circle/b')).challenges).toEqual([]);
    expect((await world.seen('/circle/a')).deliveries).toMatchObject([{ delivery: { status: 402 } }]);
  });

  test('and never end their 402 are still paid', async () => {
    const endless = (path: string) =>
      world.paywall.serve(path, ({ headers }, response) => {
        if (headers['payment-signature'] === undefined) response.writeHead(402, priced).write('<p>Price');
        else response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Paid</title>');
      });
    await page.goto(endless('/endless'), { waitUntil: 'commit' });
    await page.waitForFunction(() => document.title === 'Paid');
    expect(await page.evaluate(async (url) => (await fetch(url)).status, endless('/endless/fetch'))).toBe(
      200,
    );
  });

  test('and have a header of 250 KiB are read to its end', async () => {
    const header = 'x'.repeat(250 * 1024);
    const url = world.paywall.serve('/wordy', ({ headers }, response) => {
      const status = headers['payment-signature'] === undefined ? 402 : 200;
      response.writeHead(status, { 'PAYMENT-REQUIRED': header }).end();
    });
    await show('wordy', '<title>Wordy</title>');
    expect(await page.evaluate(async (target) => (await fetch(target)).status, url)).toBe(200);
    expect((await world.seen('/wordy')).challenges.map((one) => one.header)).toEqual([header]);
  });

  test('and want money for a later part of a media file that is playing are not paid', async () => {
    const url = world.paywall.serve('/parts', ({ headers }, response) => {
      const isFirst = headers.range === 'bytes=0-';
      if (!isFirst) return void response.writeHead(402, priced).end();
      const range = { 'Content-Range': 'bytes 0-999/900000', 'Accept-Ranges': 'bytes' };
      response.writeHead(206, { 'Content-Type': 'audio/wav', ...range }).end(wav.subarray(0, 1000));
    });
    await show('parts', `<audio src="${url}" preload="auto"></audio>`);
    await expect.poll(async () => (await world.seen('/parts')).unheld.length).toBeGreaterThan(0);
    expect((await world.seen('/parts')).challenges).toEqual([]);
  });
});
