/** What a page gets where its server lost the session of the proof, and serves the same proof in the body of a POST. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { type Mark, openTestBed, type TestBed } from './setup.ts';

const LOST = { flavour: 'reference', 'lose-session': '1' };

let testBed: TestBed;
let page: Page;
let mark: Mark;
beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
  mark = await testBed.mark();
});
afterEach(() => page.close());

const approve = async () => (await testBed.purse.nextApproval()).approve();
const visit = (path: string) => {
  const url = testBed.at(path, LOST);
  void page.goto(url).catch(() => null);
  return url;
};
/** One payment was made, and its proof was posted once. */
async function paidOnce(): Promise<void> {
  expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled', byPost: true }]);
}

describe('a document', () => {
  test('is shown in its tab, with links to its site and an origin of its own', async () => {
    const url = visit('/article');
    await approve();
    await page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
    expect(page.url()).toMatch(/^data:text\/html/);
    expect(await page.evaluate(() => [document.baseURI, origin, document.compatMode])).toEqual([
      url,
      'null',
      'CSS1Compat',
    ]);
    await paidOnce();
  });

  test.each([
    ['/api/data', 'application/json'],
    ['/image.png', 'image/png'],
  ])('that is no page is shown as what it is: %s', async (path, type) => {
    visit(path);
    await approve();
    await page.waitForURL(new RegExp(`^data:${type}`));
    await paidOnce();
  });
});

describe('a script', () => {
  test.each(['fetch', 'xhr'])('gets it in the place of the refusal: %s', async (way) => {
    const api = testBed.at('/api/data', { ...LOST, visit: way });
    await page.goto(testBed.at('/page', { [way]: api }));
    await approve();
    const result = page.locator(`#${way}-result[data-status="200"]`);
    await result.waitFor();
    expect(await result.textContent()).toContain(PAID_MARKER);
    await paidOnce();
  });

  test('on a page of another origin gets what every page may read', async () => {
    const api = testBed.at('/api/data', { ...LOST, visit: 'elsewhere' });
    const asking = new URL('/page', testBed.merchant.otherOrigin);
    asking.searchParams.set('fetch', api);
    await page.goto(asking.href);
    await approve();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    await paidOnce();
  });

  test('on such a page gets the refusal where the server lets only some pages read', async () => {
    const api = testBed.at('/api/credentialed', { ...LOST, visit: 'some' });
    const asking = new URL('/page', testBed.merchant.otherOrigin);
    await page.goto(asking.href);
    const status = page.evaluate(async (url) => (await fetch(url, { credentials: 'include' })).status, api);
    await approve();
    expect(await status).toBe(410);
    await paidOnce();
  });

  test('reads the response of fetch as any other', async () => {
    const api = testBed.at('/api/data', { ...LOST, visit: 'response' });
    await page.goto(testBed.at('/free'));
    const seen = page.evaluate(async (url) => {
      const response = await fetch(`${url}#part`, { headers: { 'X-Custom': '1' }, credentials: 'include' });
      const { status, ok, bodyUsed, headers } = response;
      const length = (await response.clone().arrayBuffer()).byteLength;
      const body = await response.json();
      return { status, ok, bodyUsed, length, contentType: headers.get('content-type'), body };
    }, api);
    await approve();
    const { length, body, ...facts } = await seen;
    expect(facts).toEqual({ status: 200, ok: true, bodyUsed: false, contentType: 'application/json' });
    expect(length).toBeGreaterThan(100);
    expect(body).toMatchObject({ paid: true, marker: PAID_MARKER });
    await paidOnce();
  });

  test.each(['', 'json', 'arraybuffer', 'blob', 'document'] as const)(
    'sees one XMLHttpRequest from begin to end: %s',
    async (type) => {
      const api = testBed.at(type === 'document' ? '/article' : '/api/data', {
        ...LOST,
        visit: `xhr ${type}`,
      });
      await page.goto(testBed.at('/free'));
      const seen = page.evaluate(
        ([url, responseType]) =>
          new Promise<Record<string, unknown>>((resolve) => {
            const xhr = new XMLHttpRequest();
            const events: string[] = [];
            xhr.onreadystatechange = () => events.push(`${xhr.readyState} ${xhr.status}`);
            xhr.onloadstart = () => events.push('loadstart');
            xhr.open('GET', url);
            xhr.responseType = responseType;
            xhr.onload = async () => {
              events.push('load');
              const { response } = xhr;
              const text =
                response instanceof Blob
                  ? await response.text()
                  : response instanceof ArrayBuffer
                    ? new TextDecoder().decode(response)
                    : response instanceof Document
                      ? response.body.textContent
                      : typeof response === 'string'
                        ? response
                        : JSON.stringify(response);
              resolve({ events, text, contentType: xhr.getResponseHeader('Content-Type') });
            };
            xhr.send();
          }),
        [api, type] as const,
      );
      await approve();
      const { events, text, contentType } = await seen;
      expect(events).toEqual(['1 0', 'loadstart', '2 200', '3 200', '4 200', 'load']);
      expect(text).toContain(PAID_MARKER);
      expect(contentType).toContain(type === 'document' ? 'text/html' : 'application/json');
      await paidOnce();
    },
  );
});
