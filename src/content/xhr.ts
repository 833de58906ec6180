import type { Ask } from './ask.ts';
import { apply, construct, getter, method, standIn } from './natives.ts';

type Xhr = XMLHttpRequest;
type Args = readonly unknown[];
type Freely<This> = (self: This, ...args: Args) => void;

/** What a page did with an XMLHttpRequest since it opened it: enough to do it again. */
interface Doing {
  readonly opened: Args;
  readonly headers: Array<readonly [name: string, value: string]>;
  body: unknown;
  /** `first`, then `held` while the page waits, then `again`; `open` before, `over` when there is nothing to hold. */
  phase: 'open' | 'first' | 'held' | 'again' | 'over';
  /** The last event of each type that the page did not see. */
  readonly unseen: Record<string, Event>;
  drop(): void;
}

const events = ['readystatechange', 'loadstart', 'progress', 'load', 'loadend'] as const;
/** What a page still has to see of the 402 that it gets after all, in the order in which requests end. */
const lastEvents = ['progress', 'readystatechange', 'load', 'loadend'] as const;
const uploadEvents = ['loadstart', 'progress', 'load', 'loadend'] as const;

/** Makes asynchronous XMLHttpRequests hold a 402 that may be paid: the page sees the events of one request. */
export function holdXhr(ask: Ask): void {
  const NativeUrl = URL;
  const pageOrigin = `${origin}/`;
  const { prototype } = XMLHttpRequest;
  const upload = XMLHttpRequestUpload.prototype;

  const open = method(XMLHttpRequest, 'open') as Freely<Xhr>;
  const setHeader = method(XMLHttpRequest, 'setRequestHeader');
  const send = method(XMLHttpRequest, 'send') as Freely<Xhr>;
  const headerOf = method(XMLHttpRequest, 'getResponseHeader');
  const readyStateOf = getter(XMLHttpRequest, 'readyState');
  const statusOf = getter(XMLHttpRequest, 'status');
  const urlOf = getter(XMLHttpRequest, 'responseURL');
  const uploadOf = getter(XMLHttpRequest, 'upload');
  const baseOf = getter(Node, 'baseURI');
  const hrefOf = getter(URL, 'href');
  const startsWith = method(String, 'startsWith');
  const listen = method(EventTarget, 'addEventListener');
  const NativeProgress = ProgressEvent;
  const NativeForm = FormData;
  const NativeParams = URLSearchParams;
  const NativeBuffer = ArrayBuffer;
  const { isView } = ArrayBuffer;
  const eachEntry = method(FormData, 'forEach');
  const append = method(FormData, 'append') as Freely<FormData>;
  const slice = method(ArrayBuffer, 'slice');
  const dispatch = method(EventTarget, 'dispatchEvent');
  const renew = method(Event, 'initEvent');
  const stop = method(Event, 'stopImmediatePropagation');
  const typeOf = getter(Event, 'type');
  const get = method(WeakMap<Xhr, Doing>, 'get');
  const set = method(WeakMap<Xhr, Doing>, 'set');
  const isIn = method(WeakSet<EventTarget>, 'has');
  const put = method(WeakSet<EventTarget>, 'add');
  const takeOut = method(WeakSet<EventTarget>, 'delete');

  const doings = new WeakMap<Xhr, Doing>();
  /** Uploads that the page saw once already. */
  const seen = new WeakSet<EventTarget>();

  const hear = function (this: Xhr, event: Event): void {
    const doing = get(doings, this);
    const type = typeOf(event);
    if (doing?.phase === 'first' && type !== 'loadstart' && maybePriced(this)) {
      stop(event);
      doing.unseen[type] = event;
      if (type === 'loadend') hold(this, doing);
    } else if (doing?.phase === 'again' && (type === 'loadstart' || readyStateOf(this) === 1)) {
      stop(event);
    }
  };

  const maybePriced = (xhr: Xhr): boolean =>
    statusOf(xhr) === 402 &&
    (!startsWith(urlOf(xhr), pageOrigin) || headerOf(xhr, 'payment-required') !== null);

  const hold = (xhr: Xhr, doing: Doing): void => {
    doing.phase = 'held';
    doing.drop = ask(urlOf(xhr), `${doing.opened[0]}`, (go) => {
      if (go) repeat(xhr, doing);
      else giveUp(xhr, doing);
    });
  };

  /** The body as it is now: the page may change or empty it before the request goes again. */
  const snapshot = (body: unknown): unknown => {
    if (body instanceof NativeForm) {
      const copy = new NativeForm();
      eachEntry(body, (value, name) => append(copy, name, value));
      return copy;
    }
    if (body instanceof NativeParams) return new NativeParams(body);
    if (body instanceof NativeBuffer) return slice(body, 0);
    if (!isView(body)) return body;
    const { buffer, byteOffset, byteLength } = body;
    return buffer instanceof NativeBuffer ? slice(buffer, byteOffset, byteOffset + byteLength) : body;
  };

  const repeat = (xhr: Xhr, doing: Doing): void => {
    const { opened, headers, body } = doing;
    doing.phase = 'again';
    mute(uploadOf(xhr));
    open(xhr, opened[0], opened[1], true, opened[3], opened[4]);
    for (let i = 0; i < headers.length; i += 1) {
      const header = headers[i];
      if (header !== undefined) setHeader(xhr, header[0], header[1]);
    }
    send(xhr, body);
  };

  const giveUp = (xhr: Xhr, doing: Doing): void => {
    doing.phase = 'over';
    for (let i = 0; i < lastEvents.length; i += 1) {
      const event = doing.unseen[lastEvents[i] ?? ''];
      if (event === undefined) continue;
      // Chromium keeps an event stopped after its dispatch; only this makes it as new.
      renew(event, typeOf(event), false, false);
      dispatch(xhr, event);
    }
  };

  const muted = function (this: EventTarget, event: Event): void {
    if (isIn(seen, this)) stop(event);
  };

  const listenToUpload = (target: EventTarget): void => {
    for (let i = 0; i < uploadEvents.length; i += 1) listen(target, uploadEvents[i] ?? '', muted, true);
  };

  /**
   * The page saw this upload once. Its own `on` handlers go behind our listeners; where the page listens to nothing,
   * neither do we: a listener on an upload is what makes the browser send a preflight.
   */
  const mute = (target: XMLHttpRequestUpload): void => {
    put(seen, target);
    for (let i = 0; i < uploadEvents.length; i += 1) {
      const name = `on${uploadEvents[i] ?? 'load'}` as const;
      const handler = target[name];
      if (handler === null) continue;
      target[name] = null;
      listenToUpload(target);
      target[name] = handler;
    }
  };

  const abandon = (xhr: Xhr): void => {
    const doing = get(doings, xhr);
    if (doing?.phase === 'held') doing.drop();
    if (doing !== undefined) doing.phase = 'over';
  };

  prototype.constructor = standIn(globalThis, 'XMLHttpRequest', {
    construct(native, args, newTarget) {
      const xhr: Xhr = construct(native, args, newTarget);
      for (let i = 0; i < events.length; i += 1) listen(xhr, events[i] ?? '', hear, true);
      return xhr;
    },
  });
  standIn(prototype, 'open', {
    apply(native, xhr: Xhr, args) {
      const before = get(doings, xhr);
      if (before?.phase === 'again') before.phase = 'over';
      apply(native, xhr, args);
      abandon(xhr);
      takeOut(seen, uploadOf(xhr));
      if (args.length > 2 && !args[2]) return;
      const url = hrefOf(new NativeUrl(`${args[1]}`, baseOf(document)));
      const opened = [args[0], url, true, args[3], args[4]];
      set(doings, xhr, {
        opened,
        headers: [],
        body: null,
        phase: 'open',
        unseen: Object.create(null),
        drop() {},
      });
    },
  });
  standIn(prototype, 'setRequestHeader', {
    apply(native, xhr: Xhr, args: readonly [string, string]) {
      apply(native, xhr, args);
      const headers = get(doings, xhr)?.headers;
      if (headers !== undefined) headers[headers.length] = args;
    },
  });
  standIn(prototype, 'send', {
    apply(native, xhr: Xhr, args) {
      const doing = get(doings, xhr);
      if (doing?.phase === 'open') {
        doing.body = snapshot(args[0]);
        doing.phase = 'first';
      }
      apply(native, xhr, args);
    },
  });
  standIn(prototype, 'abort', {
    apply(native, xhr: Xhr, args) {
      const waiting = get(doings, xhr)?.phase === 'held';
      abandon(xhr);
      apply(native, xhr, args);
      if (!waiting) return;
      dispatch(xhr, new NativeProgress('abort'));
      dispatch(xhr, new NativeProgress('loadend'));
    },
  });
  standIn(upload, 'addEventListener', {
    apply(native, target: XMLHttpRequestUpload, args) {
      listenToUpload(target);
      return apply(native, target, args);
    },
  });
}
