/** Where a page probes: a site that asks for no money. */
export interface Site {
  /** Answers 200. */
  readonly free: string;
  /** The same of another origin, without CORS. */
  readonly foreign: string;
  /** What cannot be reached. */
  readonly nowhere: string;
  /** A page that may connect to nothing. */
  readonly strict: string;
}

/**
 * What a page does, before any 402, to find a script between itself and its browser. Run in the page, so that it knows
 * nothing but its argument, the page's globals and the tools below.
 */
export type Probe = (site: Site) => Promise<unknown>;

type Counts = readonly (readonly [how: string, count: number])[];

declare global {
  /** Counts how often properties of an object are read and set while the page makes every kind of request. */
  var watch: (owner: object, names: readonly PropertyKey[], site: Site) => Promise<Counts>;
  /** What an attempt throws or rejects with. */
  var failure: (attempt: () => unknown) => Promise<unknown>;
  /** An object that writes down when it is made text. */
  var textOf: (name: string, value: string, log: string[]) => string;
}

/** Puts the tools of the probes into a page. */
export function equipProbes(): void {
  const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;
  const { assign, create } = Object;

  /** Every kind of request that needs no server, or a free one; `ended` is called when the last of them is over. */
  const requestAll = ({ free, nowhere }: Site, ended: () => void) => {
    let open = 1;
    const end = () => {
      open -= 1;
      if (open === 0) ended();
    };
    const form = new FormData();
    const bodies = [undefined, 'text', form, new URLSearchParams('a=1'), new Uint8Array(2), new Blob(['x'])];
    for (let i = 0; i < bodies.length; i += 1) {
      const xhr = new XMLHttpRequest();
      xhr.open('POST', free);
      xhr.setRequestHeader('X-Probe', '1');
      xhr.onloadend = end;
      open += 1;
      apply(xhr.send, xhr, [bodies[i]]);
    }
    const xhr = new XMLHttpRequest();
    try {
      xhr.open('BAD METHOD', '/');
    } catch {}
    try {
      xhr.send();
    } catch {}
    xhr.abort();
    const follow = (answer: Promise<Response>) => {
      open += 1;
      answer.then(end, end);
    };
    follow(fetch(free));
    follow(fetch(free, { method: 'POST', body: 'x', headers: { 'X-Probe': '1' } }));
    follow(fetch(free, { method: 'POST', body: form }));
    follow(fetch(free, { method: 'BAD METHOD' }));
    follow(fetch(free, { signal: AbortSignal.abort() }));
    follow(fetch(nowhere));
    follow(fetch('http://'));
    follow(fetch('unknown:'));
    follow(fetch(new URL(free)));
    follow(fetch(new Request(free)));
    end();
  };

  globalThis.watch = async (owner, names, site) => {
    const counts: Record<string, number> = create(null);
    const before = create(null);
    let isCounting = false;
    const count = (how: string) => {
      if (isCounting) return;
      isCounting = true;
      counts[how] = (counts[how] ?? 0) + 1;
      isCounting = false;
    };
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i] as PropertyKey;
      const descriptor = getOwnPropertyDescriptor(owner, name);
      before[name] = descriptor === undefined ? undefined : assign(create(null), descriptor);
      const watched = create(null);
      watched.configurable = true;
      watched.get = function () {
        count(`get ${String(name)}`);
        return before[name]?.get === undefined ? before[name]?.value : apply(before[name].get, this, []);
      };
      watched.set = function (value: unknown) {
        count(`set ${String(name)}`);
        const own = create(null);
        own.value = value;
        own.writable = own.enumerable = own.configurable = true;
        defineProperty(this, name, own);
      };
      defineProperty(owner, name, watched);
    }
    await new Promise<void>((resolve) => requestAll(site, resolve));
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i] as PropertyKey;
      if (before[name] === undefined) deleteProperty(owner, name);
      else defineProperty(owner, name, before[name]);
    }
    return Object.entries(counts).toSorted();
  };
  globalThis.failure = async (attempt) => {
    try {
      await attempt();
      return null;
    } catch (error) {
      return error;
    }
  };
  globalThis.textOf = (name, value, log) =>
    ({
      toString() {
        log.push(name);
        return value;
      },
    }) as unknown as string;
}

/** Hooks on the built-in objects that scripts use. */
const hooks: Readonly<Record<string, Probe>> = {
  'reads of Promise.prototype': (site) =>
    watch(Promise.prototype, ['constructor', 'then', 'catch', 'finally'], site),
  'reads of Promise': (site) => watch(Promise, [Symbol.species, 'resolve', 'reject', 'all'], site),
  'reads of Array.prototype': (site) =>
    watch(
      Array.prototype,
      ['0', '1', '2', '3', '4', '5', Symbol.iterator, 'push', 'map', 'slice', 'concat', 'forEach', 'join'],
      site,
    ),
  'the iterator of arrays': (site) =>
    watch(Object.getPrototypeOf([][Symbol.iterator]()), ['next', 'return'], site),
  'reads of Object.prototype': (site) =>
    watch(
      Object.prototype,
      [
        ...['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'then', 'return', '0', '1', '2'],
        ...[
          'apply',
          'construct',
          'has',
          'ownKeys',
          'getOwnPropertyDescriptor',
          'defineProperty',
          'deleteProperty',
        ],
        ...[
          'getPrototypeOf',
          'setPrototypeOf',
          'capture',
          'once',
          'passive',
          'signal',
          'handleEvent',
          'body',
        ],
        ...['method', 'headers', 'mode', 'cache', 'duplex', 'id', 'url', 'go', 'message', 'stack', 'toJSON'],
        ...[Symbol.toPrimitive, Symbol.toStringTag, Symbol.hasInstance, Symbol.species],
      ],
      site,
    ),
  'reads of call, apply and bind': (site) => watch(Function.prototype, ['call', 'apply', 'bind'], site),
  'reads of String.prototype and RegExp.prototype': async (site) => [
    await watch(
      String.prototype,
      ['startsWith', 'slice', 'indexOf', 'charCodeAt', 'toUpperCase', 'replace'],
      site,
    ),
    await watch(RegExp.prototype, ['exec', 'test'], site),
  ],
  'reads of Error and TypeError.prototype': async (site) => [
    await watch(Error, ['captureStackTrace', 'isError', 'prepareStackTrace'], site),
    await watch(TypeError.prototype, ['name', 'message', 'toString'], site),
  ],
  'reads of Symbol.hasInstance': async (site) => {
    const seen: unknown[] = [];
    for (const owner of [
      FormData,
      URLSearchParams,
      Blob,
      ArrayBuffer,
      Document,
      TypeError,
      Request,
      Response,
      Object,
    ])
      seen.push(await watch(owner, [Symbol.hasInstance], site));
    return seen;
  },
  'reads of the classes of requests and events': async (site) => {
    const seen: unknown[] = [];
    for (const owner of [
      Request,
      Response,
      Headers,
      URL,
      FormData,
      URLSearchParams,
      Blob,
      EventTarget,
      Event,
    ]) {
      const names = Reflect.ownKeys(owner.prototype).filter((name) => name !== 'constructor');
      seen.push(await watch(owner.prototype, names, site));
    }
    for (const owner of [AbortSignal, MessagePort, Node, Document, WeakMap, WeakSet]) {
      const names = Reflect.ownKeys(owner.prototype).filter((name) => name !== 'constructor');
      seen.push(await watch(owner.prototype, names, site));
    }
    return seen;
  },
};

/** When requests fail, and what their errors are. */
const failures: Readonly<Record<string, Probe>> = {
  'the moment at which a fetch is rejected': async ({ foreign, free, nowhere }) => {
    const attempts: Array<() => Promise<unknown>> = [
      () => fetch('unknown:'),
      () => fetch('about:blank'),
      () => fetch('blob:null/1'),
      () => fetch('http://'),
      () => Reflect.apply(fetch, window, []),
      () => Reflect.apply(fetch, {}, ['/']),
      () => fetch(foreign, { mode: 'same-origin' }),
      () => fetch(free, { signal: AbortSignal.abort() }),
      () => fetch(free, { method: 'GET', body: 'x' }),
      () => fetch('http://name:word@localhost/'),
      () => fetch(nowhere),
    ];
    const orders: string[] = [];
    for (const attempt of attempts) {
      let order = '';
      const end = attempt().then(
        () => {},
        () => {
          order += 'fetch ';
        },
      );
      const other = Promise.reject().catch(() => {
        order += 'other ';
      });
      await Promise.all([end, other]);
      orders.push(order);
    }
    return orders;
  },
  'the moment at which an aborted fetch is rejected': async ({ free }) => {
    const control = new AbortController();
    let order = '';
    const note = (what: string) => () => {
      order += `${what} `;
    };
    control.signal.addEventListener('abort', note('event'));
    const end = fetch(free, { signal: control.signal }).catch(note('fetch'));
    control.abort();
    await Promise.all([end, Promise.resolve().then(note('other'))]);
    return order;
  },
  'the events of unhandled rejections': async ({ nowhere }) => {
    const told: unknown[] = [];
    const answers: Promise<unknown>[] = [];
    const all = new Promise<void>((resolve) => {
      addEventListener('unhandledrejection', (event) => {
        event.preventDefault();
        told.push([`${event.reason}`, answers.indexOf(event.promise)]);
        if (told.length === 4) resolve();
      });
    });
    answers.push(fetch('http://'), fetch('unknown:'), fetch('/', { signal: AbortSignal.abort('mine') }));
    answers.push(fetch(nowhere));
    await all;
    return told;
  },
  'calls of Error.prepareStackTrace': async ({ nowhere }) => {
    const seen: unknown[] = [];
    const attempts = [
      () => fetch(nowhere),
      () => fetch('http://'),
      () => fetch('unknown:'),
      () => new XMLHttpRequest().open('BAD METHOD', '/'),
      () => new XMLHttpRequest().send(new FormData()),
    ];
    const plain = Error as { prepareStackTrace?: unknown };
    for (const attempt of attempts) {
      let calls = 0;
      plain.prepareStackTrace = (_: unknown, sites: readonly { getFunctionName(): unknown }[]) => {
        calls += 1;
        return sites.map((site) => site.getFunctionName()).join();
      };
      const error = (await failure(attempt)) as Error;
      const before = calls;
      seen.push([before, error.stack, calls]);
      delete plain.prepareStackTrace;
    }
    return seen;
  },
  'the properties and stacks of errors': async ({ nowhere }) => {
    const seen: unknown[] = [];
    for (const limit of [10, 2, 0]) {
      Error.stackTraceLimit = limit;
      for (const attempt of [
        () => fetch(nowhere),
        () => fetch('http://'),
        () => new XMLHttpRequest().send(),
        () => Function.prototype.toString.call({}),
        () => Object.create(fetch).toString(),
      ]) {
        const error = (await failure(attempt)) as Error;
        seen.push([Reflect.ownKeys(error), error.stack, error.message]);
      }
    }
    Error.stackTraceLimit = 10;
    return seen;
  },
  'what happens to errors of its own code': async () => {
    const seen: unknown[] = [];
    for (const thrown of [
      { mine: true },
      Object.freeze({ frozen: true }),
      'text',
      null,
      new RangeError('mine'),
    ]) {
      const bad = {
        toString() {
          throw thrown;
        },
      } as unknown as string;
      const before = thrown instanceof Error ? thrown.stack : null;
      for (const attempt of [
        () => fetch(bad),
        () => fetch('/', { method: bad }),
        () => new XMLHttpRequest().open(bad, '/'),
        () => new XMLHttpRequest().send(bad),
        () => {
          const xhr = new XMLHttpRequest();
          xhr.open('POST', '/');
          xhr.send(bad);
        },
      ]) {
        seen.push((await failure(attempt)) === thrown);
      }
      if (thrown instanceof Error) seen.push(thrown.stack === before);
      else if (thrown !== null) seen.push(Reflect.ownKeys(Object(thrown)));
    }
    return seen;
  },
  'reads of options': async ({ free }) => {
    const seen: unknown[] = [];
    const spied = (options: object, log: string[]) =>
      new Proxy(
        options,
        new Proxy(
          {},
          {
            get: (_, trap: keyof typeof Reflect) => (target: object, key: PropertyKey, self: unknown) => {
              log.push(`${trap} ${String(key)}`);
              return Reflect.apply(Reflect[trap] as (...args: unknown[]) => unknown, Reflect, [
                target,
                key,
                self,
              ]);
            },
          },
        ),
      );
    for (const options of [{}, { method: 'BAD METHOD' }, { mode: 'wrong' }, { method: 'GET', body: 'x' }]) {
      const log: string[] = [];
      const error = await failure(() => fetch(free, spied(options, log)));
      seen.push([log, `${error}`]);
    }
    return seen;
  },
  'conversions of arguments to text': async ({ free }) => {
    const log: string[] = [];
    const text = (name: string, value: string) => textOf(name, value, log);
    await fetch(text('url', free), { method: text('method', 'POST'), body: text('body', 'x') });
    await failure(() => fetch(text('wrong url', 'http://'), { method: text('wrong method', 'BAD METHOD') }));
    const xhr = new XMLHttpRequest();
    await failure(() => xhr.send(text('too early', '')));
    await failure(() => Reflect.apply(xhr.send, {}, [text('foreign', '')]));
    await failure(() => Reflect.apply(xhr.open, {}, [text('foreign method', ''), text('foreign url', '')]));
    await failure(() => xhr.open(text('wide', '\u{1F600}'), text('behind it', '/')));
    await failure(() => xhr.open(Symbol('none') as unknown as string, text('behind it', '/')));
    xhr.open(text('method', 'POST'), text('url', free), true, text('name', 'n'), text('word', 'w'));
    xhr.setRequestHeader(text('header', 'X-Probe'), text('value', '1'));
    const end = new Promise((resolve) => xhr.addEventListener('loadend', resolve));
    xhr.send(text('body', 'x'));
    await end;
    return log;
  },
  'a method then of every Response': async ({ free }) => {
    const seen: unknown[] = [];
    const prototype = Response.prototype as { then?: unknown };
    let reads = 0;
    Object.defineProperty(prototype, 'then', {
      configurable: true,
      get() {
        reads += 1;
      },
    });
    const response = await fetch(free);
    seen.push(reads, Reflect.ownKeys(response));
    for (const way of [0, 1]) {
      delete prototype.then;
      const value = (...settle: Array<(value: string) => void>) => {
        delete prototype.then;
        settle[way]?.('mine');
      };
      Object.defineProperty(prototype, 'then', { value, configurable: true });
      seen.push(await fetch(free).catch((reason) => `rejected: ${reason}`));
    }
    return seen;
  },
};

/** What only the proxies of native functions could reveal. */
const replaced: Readonly<Record<string, Probe>> = {
  'functions and objects after their use': async ({ free }) => {
    const owners = [
      EventTarget.prototype,
      XMLHttpRequest.prototype,
      Promise.prototype,
      Function.prototype,
      window,
    ];
    const all = () =>
      owners.flatMap((owner) =>
        Reflect.ownKeys(owner).flatMap((name) => {
          const { value, get, set } = Reflect.getOwnPropertyDescriptor(owner, name) ?? {};
          return [value, get, set].filter((one) => typeof one === 'function');
        }),
      );
    const before = all();
    const xhr = new XMLHttpRequest();
    xhr.upload.addEventListener('load', () => {});
    xhr.open('POST', free);
    const end = new Promise((resolve) => xhr.addEventListener('loadend', resolve));
    xhr.send('x');
    await end;
    const answer = fetch(free);
    await answer;
    const after = all();
    return [
      before.length === after.length && before.every((one, index) => one === after[index]),
      [xhr, xhr.upload, answer].map((one) => Reflect.ownKeys(one)),
      Object.getPrototypeOf(answer) === Promise.prototype,
    ];
  },
  'the errors of misused functions': async () => {
    const { open, send, abort, setRequestHeader } = XMLHttpRequest.prototype;
    const upload = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, 'upload')?.get;
    const seen: unknown[] = [];
    const said = (attempt: () => unknown) => {
      try {
        return `${attempt()}`;
      } catch (error) {
        return (error as Error).stack;
      }
    };
    const natives = [
      fetch,
      XMLHttpRequest,
      open,
      send,
      abort,
      setRequestHeader,
      upload,
      Function.prototype.toString,
    ];
    for (const native of natives) {
      if (native === undefined) continue;
      const Class = native as unknown as new () => object;
      const prototype = Object.getPrototypeOf(native);
      seen.push(
        said(() => Object.create(native).toString()),
        said(() => Object.create(new Proxy(native, {})).toString()),
        said(() => Reflect.get(native, 'arguments')),
        said(() => Reflect.get(native, 'caller')),
        said(() => Reflect.get(native, 'nothing')),
        said(() => new (class extends Class {})() instanceof Class),
        said(() => Reflect.apply(native, {}, [])),
        said(() => Reflect.setPrototypeOf(native, Object.create(native))),
        said(() => 'nothing' in native),
        said(() => Reflect.setPrototypeOf(native, null) && Reflect.get(native, 'call')),
      );
      Reflect.setPrototypeOf(native, prototype);
    }
    return seen;
  },
};

export const probes: Readonly<Record<string, Probe>> = { ...hooks, ...failures, ...replaced };
