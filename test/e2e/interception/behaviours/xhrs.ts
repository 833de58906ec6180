import type { Behaviour } from './behaviour.ts';

/** What pages do with XMLHttpRequest, whether it is paid or free. */
export const xhrs: Readonly<Record<string, Behaviour>> = {
  'GET with all its events': ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    return log;
  },
  'POST with listeners on its upload': ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'listeners');
    xhr.open('post', here);
    xhr.setRequestHeader('X-Custom', 'one');
    xhr.setRequestHeader('X-Custom', 'two');
    xhr.send('some text');
    return log;
  },
  'POST with handlers on its upload': ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'handlers');
    xhr.open('POST', here);
    xhr.send(new Blob(['blob'], { type: 'text/plain' }));
    return log;
  },
  'an upload to another origin': ({ there }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'listeners');
    xhr.open('PUT', there);
    xhr.send(new Uint8Array(1000));
    return log;
  },
  'events that are the browser’s own': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const seen: unknown[] = [];
    for (const type of ['readystatechange', 'load', 'loadend']) {
      xhr.addEventListener(type, function (this: unknown, event) {
        const { isTrusted, target, currentTarget, eventPhase, bubbles } = event;
        seen.push([
          type,
          isTrusted,
          target === xhr,
          currentTarget === xhr,
          this === xhr,
          eventPhase,
          bubbles,
        ]);
      });
    }
    const end = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    await end;
    return seen;
  },
  'its properties while it is under way': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const end = record(xhr);
    const seen = new Set<string>();
    // Chromium knows the address of the answer a moment before it says that there is one.
    const look = () => seen.add(JSON.stringify(state(xhr).with(3, xhr.readyState === 4 && xhr.responseURL)));
    xhr.open('GET', here);
    look();
    xhr.send();
    const timer = setInterval(look, 1);
    await end;
    clearInterval(timer);
    look();
    const states = [...seen].map((one) => JSON.parse(one));
    return states.filter(([readyState]) => readyState === 1 || readyState === 4);
  },
  'every kind of body': async ({ here }) => {
    const bytes = new TextEncoder().encode('bytes');
    const parameters = new URLSearchParams('a=1');
    const form = new FormData();
    form.append('file', new Blob(['content']), 'name.txt');
    const page = new DOMParser().parseFromString('<p>page</p>', 'text/html');
    const tree = new DOMParser().parseFromString('<tree/>', 'text/xml');
    const bodies = ['text', bytes, bytes.buffer, new DataView(bytes.buffer, 2), parameters, page, tree, null];
    const answers: unknown[] = [];
    for (const body of [...bodies, new Blob(['blob']), Object('object'), 12, undefined, form]) {
      const xhr = new XMLHttpRequest();
      xhr.open('POST', here);
      xhr.responseType = 'json';
      const end = record(xhr);
      Reflect.apply(xhr.send, xhr, [body]);
      bytes.fill(90);
      parameters.append('b', '2');
      page.body.append('more');
      form.append('more', 'of it');
      await end;
      answers.push(body === form ? xhr.response.body?.includes('more') : xhr.response);
      bytes.set(new TextEncoder().encode('bytes'));
    }
    return answers;
  },
  'every response type': async ({ here }) => {
    const seen: unknown[] = [];
    for (const type of ['', 'text', 'json', 'arraybuffer', 'blob', 'document'] as const) {
      const xhr = new XMLHttpRequest();
      const end = record(xhr);
      xhr.open('GET', here);
      xhr.responseType = type;
      xhr.overrideMimeType('text/plain; charset=utf-8');
      xhr.send();
      await end;
      seen.push([type, xhr.status, Object.prototype.toString.call(xhr.response), state(xhr)]);
    }
    return seen;
  },
  'a derived class': async ({ here }) => {
    class Own extends XMLHttpRequest {
      readonly sent: string[] = [];
      override send(body?: XMLHttpRequestBodyInit | null): void {
        this.sent.push('once');
        super.send(body);
      }
    }
    const xhr = new Own();
    const log = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    return [await log, xhr.sent, xhr instanceof XMLHttpRequest, xhr.constructor === Own];
  },
  'one object for two requests': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const first = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    await first;
    const second = record(xhr);
    xhr.open('POST', here);
    xhr.send('again');
    return second;
  },
  'opened again in its own load event': ({ here }) =>
    new Promise((resolve) => {
      const xhr = new XMLHttpRequest();
      xhr.open('GET', here);
      xhr.onload = () => {
        xhr.onload = () => resolve([xhr.status, xhr.responseURL]);
        xhr.open('GET', `${here}#two`);
        xhr.send();
      };
      xhr.send();
    }),
  'opened again while it is under way': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    xhr.open('POST', here);
    xhr.send('second');
    return [await log, xhr.responseText];
  },
  'aborted at once': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'listeners');
    xhr.open('POST', here);
    xhr.send('text');
    xhr.abort();
    return [await log, state(xhr)];
  },
  'aborted before it is sent': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const seen: unknown[] = [];
    xhr.onreadystatechange = () => seen.push(xhr.readyState);
    xhr.onabort = () => seen.push('abort');
    xhr.open('GET', here);
    xhr.abort();
    return [seen, state(xhr)];
  },
  'calls that are not allowed while it is under way': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const end = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    const attempts: Array<() => unknown> = [
      () => xhr.send(),
      () => xhr.setRequestHeader('a', 'b'),
      () => {
        xhr.withCredentials = true;
      },
    ];
    const failures: unknown[] = [];
    for (const attempt of attempts) failures.push(await outcome(attempt));
    await end;
    return failures;
  },
  'a redirect': async ({ redirect }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', redirect);
    xhr.send();
    return [await log, xhr.status, xhr.responseURL];
  },
  'a user name and a password': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', here, true, 'name', 'word');
    xhr.send();
    return [await log, xhr.responseURL];
  },
  'another origin, with cookies it does not allow': async ({ there }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', there);
    xhr.withCredentials = true;
    xhr.send();
    return [await log, state(xhr)];
  },
  'another origin': async ({ there }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', there);
    xhr.send();
    return [await log, xhr.getResponseHeader('payment-required'), xhr.responseText];
  },
  'an unreachable server': async ({ nowhere }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr, 'listeners');
    xhr.open('POST', nowhere);
    xhr.send('text');
    return [await log, state(xhr)];
  },
  'a synchronous request': async ({ nowhere }) => {
    const xhr = new XMLHttpRequest();
    xhr.open('GET', '/free', false);
    xhr.send();
    const after = state(xhr);
    xhr.open('GET', nowhere, false);
    return [after, await outcome(() => xhr.send())];
  },
  'objects as arguments, each converted to text once': async ({ here }) => {
    const asked: string[] = [];
    const text = (name: string, value: string) => ({
      toString() {
        asked.push(name);
        return value;
      },
    });
    const xhr = new XMLHttpRequest();
    const end = record(xhr);
    Reflect.apply(xhr.open, xhr, [text('method', 'POST'), text('url', here)]);
    Reflect.apply(xhr.setRequestHeader, xhr, [text('name', 'X-Custom'), text('value', 'one')]);
    xhr.send();
    await end;
    return [asked, xhr.responseText];
  },
  'invalid arguments, and their errors': async ({ here }) => {
    const opened = () => {
      const xhr = new XMLHttpRequest();
      xhr.open('GET', here);
      return xhr;
    };
    const attempts: Array<() => unknown> = [
      () => new XMLHttpRequest().open('BAD METHOD', '/'),
      () => new XMLHttpRequest().open('TRACE', '/'),
      () => new XMLHttpRequest().open('GET', 'http://'),
      () => new XMLHttpRequest().send(),
      () => new XMLHttpRequest().setRequestHeader('a', 'b'),
      () => opened().setRequestHeader('bad name', 'b'),
      () => Reflect.apply(opened().setRequestHeader, opened(), ['one']),
      () => Reflect.apply(XMLHttpRequest.prototype.open, new XMLHttpRequest(), ['GET']),
      () => Reflect.apply(XMLHttpRequest.prototype.open, new XMLHttpRequest(), [Symbol('x'), '/']),
      () => Reflect.apply(XMLHttpRequest.prototype.open, {}, ['GET', '/']),
      () => Reflect.apply(XMLHttpRequest.prototype.send, {}, []),
      () => Reflect.apply(XMLHttpRequest.prototype.abort, null, []),
      () => XMLHttpRequest.prototype.readyState,
      () => XMLHttpRequest.prototype.upload,
      () => XMLHttpRequest.prototype.responseText,
      () => Reflect.apply(XMLHttpRequest, undefined, []),
      () => {
        const xhr = new XMLHttpRequest();
        xhr.open('POST', here);
        const body = {
          toString() {
            throw Object.freeze(new RangeError('of the page, and frozen'));
          },
        };
        Reflect.apply(xhr.send, xhr, [body]);
      },
      () =>
        Reflect.apply(XMLHttpRequest.prototype.open, new XMLHttpRequest(), [
          'GET',
          {
            toString() {
              throw new RangeError('of the page');
            },
          },
        ]),
    ];
    const failures: unknown[] = [];
    for (const attempt of attempts) {
      try {
        failures.push(typeof attempt());
      } catch (error) {
        const { name, message, stack } = error as Error;
        failures.push([name, message, error instanceof DOMException, name === 'RangeError' ? '' : stack]);
      }
    }
    return failures;
  },
};
