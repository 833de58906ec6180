import type { Behaviour } from './behaviour.ts';

/** What pages do with `fetch`, whether it is paid or free. */
export const fetches: Readonly<Record<string, Behaviour>> = {
  GET: async ({ here }) => {
    const response = await fetch(here);
    const { status, statusText, ok, redirected, type, url } = response;
    return { status, statusText, ok, redirected, type, url, kind: response.headers.get('content-type') };
  },
  HEAD: async ({ here }) => {
    const response = await fetch(here, { method: 'HEAD' });
    return [response.status, response.body === null, await response.text()];
  },
  'a method in lower case': async ({ here }) => (await fetch(here, { method: 'delete' })).json(),
  'a URL object with a fragment': async ({ here }) =>
    (await fetch(new URL(`${here}#part`, location.href))).url,
  'a relative URL, before the page changes its own URL': async ({ here }) => {
    const name = here.slice(here.lastIndexOf('/') + 1);
    history.replaceState(null, '', `${here.slice(0, here.lastIndexOf('/'))}/`);
    const answer = fetch(name);
    history.replaceState(null, '', '/other/place');
    return (await answer).url;
  },
  'a JSON POST': async ({ here }) => {
    const headers = { 'Content-Type': 'application/json', 'X-Custom': 'one' };
    return (
      await fetch(here, { method: 'POST', headers, body: JSON.stringify({ ask: 'something' }) })
    ).json();
  },
  'a form with a file': async ({ here }) => {
    const body = new FormData();
    body.append('file', new Blob(['content'], { type: 'text/plain' }), 'name.txt');
    return (await fetch(here, { method: 'POST', body })).status;
  },
  'a Blob': async ({ here }) =>
    (await fetch(here, { method: 'POST', body: new Blob(['blob'], { type: 'text/x' }) })).json(),
  'search parameters': async ({ here }) =>
    (await fetch(here, { method: 'POST', body: new URLSearchParams('a=1&b=ä') })).json(),
  'an empty body': async ({ here }) => (await fetch(here, { method: 'POST', body: '' })).json(),
  'no body': async ({ here }) => (await fetch(here, { method: 'POST' })).json(),
  'bytes that are overwritten after the call': async ({ here }) => {
    const body = new Uint8Array([65, 66, 67, 68]).subarray(1, 3);
    const answer = fetch(here, { method: 'PUT', body });
    body.fill(90);
    return (await answer).json();
  },
  'a buffer that is transferred after the call': async ({ here }) => {
    const body = new TextEncoder().encode('buffer').buffer;
    const answer = fetch(here, { method: 'PATCH', body });
    structuredClone(body, { transfer: [body] });
    return (await answer).json();
  },
  'a DataView': async ({ here }) =>
    (await fetch(here, { method: 'POST', body: new DataView(new Uint8Array([65, 66]).buffer, 1) })).json(),
  'a large body': async ({ here }) => {
    const answer = await (await fetch(here, { method: 'POST', body: 'x'.repeat(300_000) })).json();
    return answer.body?.length;
  },
  'an object as the body, which becomes text': async ({ here }) =>
    (await fetch(here, { method: 'POST', body: Object('text') as string })).json(),
  'a Request with a body': async ({ here }) => {
    const request = new Request(here, { method: 'POST', body: 'text' });
    const answer = fetch(request);
    const used = request.bodyUsed;
    const again = await outcome(() => fetch(request));
    return [used, await (await answer).json(), again];
  },
  'a Request with options that override it': async ({ here }) => {
    const request = new Request(here, { method: 'POST', body: 'text', headers: { 'X-Custom': 'one' } });
    return (await fetch(request, { method: 'PUT', headers: { 'X-Custom': 'two' }, body: 'other' })).json();
  },
  'a Request of a derived class': async ({ here }) => {
    class Own extends Request {}
    return (await fetch(new Own(here, { method: 'POST', body: 'own' }))).json();
  },
  'options are read once': async ({ here }) => {
    const read: string[] = [];
    const options = new Proxy<RequestInit>(
      { method: 'POST', body: 'x' },
      {
        get(target, key, self) {
          read.push(String(key));
          return Reflect.get(target, key, self);
        },
        has: (target, key) => {
          read.push(`has ${String(key)}`);
          return Reflect.has(target, key);
        },
      },
    );
    const status = (await fetch(here, options)).status;
    return { status, read };
  },
  'options with getters': async ({ here }) => {
    let times = 0;
    const options = {
      get method() {
        times += 1;
        return this === options ? 'POST' : 'PUT';
      },
      get body() {
        times += 1;
        return 'x';
      },
      priority: 'low' as const,
    };
    return [await (await fetch(here, options)).json(), times];
  },
  'options that are changed after the call': async ({ here }) => {
    const headers: Record<string, string> = { 'X-Custom': 'before' };
    const answer = fetch(here, { method: 'POST', headers, body: 'x' });
    headers['X-Custom'] = 'after';
    return (await answer).json();
  },
  'a stream, which HTTP/1.1 cannot send': async ({ here }) => {
    const body = new ReadableStream({
      start(control) {
        control.enqueue(new TextEncoder().encode('x'));
        control.close();
      },
    });
    const options = { method: 'POST', body, duplex: 'half' };
    const answer = fetch(here, options);
    return [body.locked, await outcome(async () => (await answer).status)];
  },
  'a stream without the option duplex': ({ here }) =>
    outcome(() => fetch(here, { method: 'POST', body: new ReadableStream() })),
  keepalive: async ({ here }) =>
    (await fetch(here, { method: 'POST', body: 'alive', keepalive: true })).json(),
  'every other option': async ({ here }) =>
    (
      await fetch(here, {
        cache: 'no-store',
        credentials: 'same-origin',
        keepalive: false,
        mode: 'same-origin',
        priority: 'high',
        redirect: 'error',
        referrer: '/other',
        referrerPolicy: 'same-origin',
        window: null,
      })
    ).status,
  'without credentials': async ({ here }) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the old way is enough here
    document.cookie = 'session=secret';
    return (await fetch(here, { credentials: 'omit' })).status;
  },
  'without a referrer': async ({ here }) => (await fetch(here, { referrer: '' })).status,
  'another origin': async ({ there }) => {
    const { status, type, headers } = await fetch(there);
    return [status, type, headers.get('payment-required'), headers.get('content-type')];
  },
  'another origin, with cookies it does not allow': ({ there }) =>
    outcome(() => fetch(there, { credentials: 'include' })),
  'another origin in the mode same-origin': ({ there }) =>
    outcome(() => fetch(there, { mode: 'same-origin' })),
  'another origin, after a preflight': async ({ there }) =>
    (
      await fetch(there, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })
    ).json(),
  'a redirect': async ({ redirect }) => {
    const { status, redirected, url, type } = await fetch(redirect);
    return [status, redirected, url, type];
  },
  'a redirect in the mode manual': async ({ redirect }) => {
    const { status, redirected, url, type } = await fetch(redirect, { redirect: 'manual' });
    return [status, redirected, url, type];
  },
  'a redirect in the mode error': ({ redirect }) => outcome(() => fetch(redirect, { redirect: 'error' })),
  'read as a stream': async ({ here }) => {
    const { body } = await fetch(here);
    if (body === null) return null;
    const text: string[] = [];
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) text.push(chunk);
    return text.join('');
  },
  'read twice': async ({ here }) => {
    const response = await fetch(here);
    const copy = response.clone();
    const [one, two] = [await response.text(), await copy.text()];
    return [one === two, response.bodyUsed, await outcome(() => response.text())];
  },
  'the promise and the response': async ({ here }) => {
    const answer = fetch(here);
    const response = await answer;
    return [
      Object.prototype.toString.call(answer),
      answer instanceof Promise,
      answer.constructor === Promise,
      Reflect.ownKeys(answer),
      response instanceof Response,
      Object.getPrototypeOf(response) === Response.prototype,
      Reflect.ownKeys(response),
    ];
  },
  'aborted before the call': async ({ here }) => {
    const reason = { mine: true };
    const failed = await fetch(here, { signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
    return failed === reason;
  },
  'aborted at once': async ({ here }) => {
    const control = new AbortController();
    const answer = fetch(here, { signal: control.signal });
    control.abort();
    return outcome(() => answer);
  },
  'aborted while it is read': async ({ here }) => {
    const control = new AbortController();
    const response = await fetch(here, { signal: control.signal });
    control.abort('enough');
    return outcome(() => response.text());
  },
  'a signal of a Request, and another of the options': async ({ here }) => {
    const [one, two] = [new AbortController(), new AbortController()];
    const request = new Request(here, { signal: one.signal });
    const answer = fetch(request, { signal: two.signal });
    one.abort('of the request');
    return outcome(async () => (await answer).status);
  },
  'a signal that is never aborted': async ({ here }) =>
    (await fetch(here, { signal: AbortSignal.timeout(100_000) })).status,
  'several at once, each with its own body': async ({ here }) =>
    Promise.all(
      ['a', 'b', 'c'].map(async (body) => (await (await fetch(here, { method: 'POST', body })).json()).body),
    ),
  'called on the window of a frame': async ({ here }) => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const inner = frame.contentWindow as (Window & typeof globalThis) | null;
    if (inner === null) return null;
    const response = await inner.fetch(here);
    const seen = [response.status, response instanceof inner.Response, response instanceof Response];
    frame.remove();
    return seen;
  },
  'invalid arguments, and their errors': async ({ here, nowhere }) => {
    const spent = new Request(here, { method: 'POST', body: 'x' });
    await spent.text();
    const attempts: Array<() => unknown> = [
      () => Reflect.apply(fetch, window, []),
      () => fetch('http://'),
      () => fetch(nowhere),
      () => fetch(here, { method: 'GET', body: 'x' }),
      () => fetch(here, { method: 'CONNECT' }),
      () => fetch(here, { method: 'BAD METHOD' }),
      () => fetch(here, { headers: { 'bad name': 'x' } }),
      () => fetch(here, { mode: 'navigate' }),
      () => fetch(here, { priority: 'none' as RequestPriority }),
      () => fetch(here, Object('text')),
      () => Reflect.apply(fetch, window, [here, 'text']),
      () => Reflect.apply(fetch, window, [here, null]),
      () => Reflect.apply(fetch, window, [Symbol('url')]),
      () => fetch(spent),
      () => Reflect.apply(fetch, {}, [new Request(here, { method: 'POST', body: 'x' })]),
      () => Reflect.construct(fetch, [here]),
      () => fetch('http://user:word@localhost/'),
      () =>
        fetch(here, {
          get method(): string {
            throw new RangeError('of the page');
          },
        }),
    ];
    const failures: unknown[] = [];
    for (const attempt of attempts) {
      failures.push(await outcome(async () => ((await attempt()) as Response).status));
    }
    return failures;
  },
  'the stack traces of errors': async ({ nowhere }) => {
    const stackOf = async (attempt: () => unknown) => {
      try {
        await attempt();
        return null;
      } catch (error) {
        return (error as Error).stack;
      }
    };
    return [
      await stackOf(() => fetch('http://')),
      await stackOf(() => fetch(nowhere)),
      await stackOf(() => Reflect.apply(fetch, {}, ['/'])),
      await stackOf(() => fetch('/', { method: 'BAD METHOD' })),
    ];
  },
  'the body of a call on a wrong receiver': async ({ here }) => {
    const request = new Request(here, { method: 'POST', body: 'x' });
    await outcome(() => Reflect.apply(fetch, {}, [request]));
    return request.bodyUsed;
  },
};
