import { bodyNow } from './body.ts';
import type { Bridge } from './bridge-client.ts';
import {
  add,
  apply,
  bare,
  defineProperty,
  deleteProperty,
  fails,
  getter,
  isObject,
  type List,
  list,
  method,
  ownProperty,
  patchNative,
  patchNativeClass,
} from './natives.ts';
import { muteUploads } from './upload.ts';

type Xhr = XMLHttpRequest;
type Args = readonly unknown[];
type Freely<This> = (self: This, ...args: Args) => void;

interface Unseen {
  readonly event: Event;
  readonly readyState: number;
}

/** What a page did with an XMLHttpRequest since it opened it: enough to do it again. */
interface Doing {
  readonly opened: Args;
  /** What the address is relative to. */
  readonly base: string;
  headers: List<Args> | null;
  body: unknown;
  /** `first`, then `held` while the page waits, then `again`; `open` before, `over` when there is nothing to hold. */
  phase: 'open' | 'first' | 'held' | 'again' | 'over';
  /** The ready state that the page is shown in place of the true one. */
  shown: number;
  /** Whether the page is shown no answer. */
  isBlank: boolean;
  /** The events that the page did not see, each with the ready state of its time. */
  unseen: List<Unseen> | null;
  drop(): void;
}

const charCodeAt = method(String, 'charCodeAt');

const OPENED = 1;
const DONE = 4;

/** Makes asynchronous XMLHttpRequests hold a 402 that may be paid: the page sees one request, from begin to end. */
export function holdXhr({ ask, tookBack }: Bridge): void {
  const NativeUrl = URL;
  const NativeEvent = Event;
  const NativeProgress = ProgressEvent;
  const pageOrigin = `${origin}/`;
  const { prototype } = XMLHttpRequest;

  const open = method(XMLHttpRequest, 'open') as Freely<Xhr>;
  const setHeader = method(XMLHttpRequest, 'setRequestHeader') as Freely<Xhr>;
  const send = method(XMLHttpRequest, 'send') as Freely<Xhr>;
  const headerOf = method(XMLHttpRequest, 'getResponseHeader');
  const readyStateOf = getter(XMLHttpRequest, 'readyState');
  const statusOf = getter(XMLHttpRequest, 'status');
  const urlOf = getter(XMLHttpRequest, 'responseURL');
  const baseOf = getter(Node, 'baseURI');
  const hrefOf = getter(URL, 'href');
  const startsWith = method(String, 'startsWith');
  const toUpperCase = method(String, 'toUpperCase');
  const { addEventListener } = EventTarget.prototype;
  const dispatch = method(EventTarget, 'dispatchEvent');
  const renew = method(Event, 'initEvent');
  const stop = method(Event, 'stopImmediatePropagation');
  const typeOf = getter(Event, 'type');
  const get = method(WeakMap<Xhr, Doing>, 'get');
  const set = method(WeakMap<Xhr, Doing>, 'set');

  const doings = new WeakMap<Xhr, Doing>();
  const uploads = muteUploads();

  const hear = function (this: Xhr, event: Event): void {
    const doing = get(doings, this);
    const phase = doing?.phase;
    const type = typeOf(event);
    if (doing === undefined || (type === 'loadstart' && phase !== 'again')) return;
    const readyState = readyStateOf(this);
    if (phase === 'first' && maybePriced(this)) {
      stop(event);
      doing.unseen ??= list();
      add(doing.unseen, { event, readyState });
      if (!doing.isBlank) conceal(this, doing);
      if (type === 'loadend') hold(this, doing);
    } else if (phase === 'first' && type === 'loadend' && readyState === DONE && statusOf(this) === 0) {
      // The answer broke off, timed out, or was aborted. A request that the page opened again in one of its own
      // listeners ends while the next one is on its way: then the ready state is not `DONE`.
      giveNotice(doing);
      show(this, doing, 'over');
    } else if (phase === 'first' && doing.isBlank) {
      show(this, doing, 'over');
    } else if (phase === 'again' && (type === 'loadstart' || readyState === OPENED)) {
      stop(event);
    }
  };

  const addressOf = ({ opened, base }: Doing): string => hrefOf(new NativeUrl(`${opened[1]}`, base));

  const maybePriced = (xhr: Xhr): boolean =>
    statusOf(xhr) === 402 &&
    (!startsWith(urlOf(xhr), pageOrigin) || headerOf(xhr, 'payment-required') !== null);

  /** Tells that a request ended before its answer came whole: the network layer may have seen its 402 all the same. */
  const giveNotice = (doing: Doing): void => tookBack(addressOf(doing), `${doing.opened[0]}`);
  const isUnderWay = (xhr: Xhr, doing: Doing | undefined): boolean =>
    doing?.phase === 'first' && readyStateOf(xhr) !== DONE;

  const hold = (xhr: Xhr, doing: Doing): void => {
    doing.phase = 'held';
    doing.drop = ask(urlOf(xhr), `${doing.opened[0]}`, false, (go) => {
      if (go) repeat(xhr, doing, go);
      else giveUp(xhr, doing);
    });
  };

  const repeat = (xhr: Xhr, doing: Doing, go: string): void => {
    const { opened, headers, body } = doing;
    const url = hrefOf(new NativeUrl(go, addressOf(doing)));
    show(xhr, doing, 'again');
    uploads.mute(xhr);
    open(xhr, opened[0], url, true, at(opened, 3), at(opened, 4));
    for (let i = 0; headers !== null && i < headers.length; i += 1) {
      setHeader(xhr, headers[i]?.[0], headers[i]?.[1]);
    }
    send(xhr, body);
  };

  const giveUp = (xhr: Xhr, doing: Doing): void => {
    const { unseen } = doing;
    show(xhr, doing, 'over');
    for (let i = 0; unseen !== null && i < unseen.length && get(doings, xhr) === doing; i += 1) {
      const { event, readyState } = unseen[i] as Unseen;
      doing.shown = readyState;
      cover(xhr, 'readyState');
      // Chromium keeps an event stopped after its dispatch; only this makes it as new.
      renew(event, typeOf(event), false, false);
      dispatch(xhr, event);
    }
    uncover(xhr, 'readyState');
  };

  /** Hides the answer from the page: its request looks as if it had none yet. */
  const conceal = (xhr: Xhr, doing: Doing): void => {
    doing.shown = OPENED;
    doing.isBlank = true;
    for (let i = 0; i < covered.length; i += 1) cover(xhr, covered[i] as string);
  };

  /** Ends the hiding of an answer. */
  const show = (xhr: Xhr, doing: Doing, phase: 'again' | 'over'): void => {
    doing.phase = phase;
    if (!doing.isBlank) return;
    doing.isBlank = false;
    for (let i = 0; i < covered.length; i += 1) uncover(xhr, covered[i] as string);
  };

  patchNativeClass<Xhr>(globalThis, 'XMLHttpRequest', (xhr) => {
    for (let i = 0; i < listeners.length; i += 1) apply(addEventListener, xhr, listeners[i] as Args);
  });
  patchNative<Xhr>(prototype, 'open', (native, xhr, args) => {
    const before = get(doings, xhr);
    if (before === undefined && fails(() => readyStateOf(xhr))) return void native(xhr, args);
    const opened = textsOf(args);
    const phase = before?.phase;
    const isEnded = isUnderWay(xhr, before);
    // For the page a held request is in the state `OPENED` already: opening it again fires no event, as natively. Where
    // it goes again, opening it fires one.
    if (before?.isBlank) before.phase = 'again';
    else if (phase === 'again' && before !== undefined) before.phase = 'over';
    try {
      native(xhr, opened);
    } catch (error) {
      if (before !== undefined && phase !== undefined) before.phase = phase;
      throw error;
    }
    if (before !== undefined) {
      if (phase === 'held') before.drop();
      else if (isEnded) giveNotice(before);
      show(xhr, before, 'over');
      uploads.unmute(xhr);
    }
    set(doings, xhr, {
      opened,
      base: baseOf(document),
      headers: null,
      body: null,
      phase: opened.length < 3 || opened[2] ? 'open' : 'over',
      shown: OPENED,
      isBlank: false,
      unseen: null,
      drop() {},
    });
  });
  patchNative<Xhr>(prototype, 'setRequestHeader', (native, xhr, args) => {
    const doing = get(doings, xhr);
    if (doing === undefined && fails(() => readyStateOf(xhr))) return void native(xhr, args);
    const header = textsOf(args);
    native(xhr, header);
    if (doing === undefined) return;
    doing.headers ??= list();
    add(doing.headers, header);
  });
  patchNative<Xhr>(prototype, 'send', (native, xhr, args) => {
    const doing = get(doings, xhr);
    if (doing === undefined && fails(() => readyStateOf(xhr))) return void native(xhr, args);
    const given = args.length > 0 ? args[0] : null;
    const body = bodyNow(given);
    if (doing?.phase === 'open') {
      doing.body = body;
      doing.phase = 'first';
      // Of the methods that need no preflight only `POST` has a body.
      uploads.prepare(
        xhr,
        () => toUpperCase(`${doing.opened[0]}`) !== 'POST' || startsWith(addressOf(doing), pageOrigin),
      );
    }
    native(xhr, [typeof body === 'string' ? body : given]);
  });
  patchNative<Xhr>(prototype, 'abort', (native, xhr, args) => {
    const doing = get(doings, xhr);
    if (doing?.phase === 'held') {
      doing.drop();
      doing.phase = 'over';
      doing.shown = DONE;
      dispatch(xhr, new NativeEvent('readystatechange'));
      dispatch(xhr, new NativeProgress('abort'));
      dispatch(xhr, new NativeProgress('loadend'));
      if (get(doings, xhr) !== doing) return;
    }
    if (doing !== undefined) {
      if (isUnderWay(xhr, doing)) giveNotice(doing);
      show(xhr, doing, 'over');
    }
    native(xhr, args);
  });

  /**
   * The properties that a request has of its own while its answer is hidden from the page. Every other request, and the
   * prototype, keep the browser's own.
   */
  const covers: Record<string, PropertyDescriptor> = bare();
  const covered: List<string> = list();
  const put = (name: string, kind: 'get' | 'value', value: unknown): void => {
    const own: PropertyDescriptor = bare();
    own[kind] = value;
    own.enumerable = true;
    own.configurable = true;
    covers[name] = own;
    add(covered, name);
  };
  const blank = (name: keyof Xhr, nothing: (value: unknown, xhr: Xhr) => unknown): void => {
    const native = getter(XMLHttpRequest, name);
    put(name, 'get', function (this: Xhr) {
      return nothing(native(this), this);
    });
  };
  blank('readyState', (value, xhr) => get(doings, xhr)?.shown ?? value);
  blank('response', (value) => (typeof value === 'string' ? '' : null));
  blank('responseText', () => '');
  blank('responseURL', () => '');
  blank('responseXML', () => null);
  blank('status', () => 0);
  blank('statusText', () => '');
  put('getAllResponseHeaders', 'value', () => '');
  put('getResponseHeader', 'value', () => null);

  const cover = (xhr: Xhr, name: string): void => {
    const own = covers[name];
    if (own !== undefined && ownProperty(xhr, name) === undefined) defineProperty(xhr, name, own);
  };
  const uncover = (xhr: Xhr, name: string): void => {
    const own = ownProperty(xhr, name);
    if (own?.get === covers[name]?.get && own?.value === covers[name]?.value) deleteProperty(xhr, name);
  };
  const events = ['readystatechange', 'loadstart', 'progress', 'load', 'loadend'];
  const listeners = events.map((type) => [type, hear]);
}

/**
 * Converts objects among the arguments to text once, as the browser does; the same texts serve when the request is sent
 * again. After an argument that the browser refuses, it converts no further one.
 */
function textsOf(args: Args): Args {
  if (args.length < 2 || !hasObject(args)) return args;
  const texts: List<unknown> = list();
  let isRefused = false;
  for (let i = 0; i < args.length; i += 1) {
    const value = args[i];
    // The third of `open` says whether it is to wait.
    const text: unknown = isObject(value) && i !== 2 && !isRefused ? `${value}` : value;
    add(texts, text);
    isRefused ||= typeof text === 'symbol' ? i !== 2 : i === 0 && isWide(`${text}`);
  }
  return texts as unknown as Args;
}

function hasObject(args: Args): boolean {
  for (let i = 0; i < args.length; i += 1) if (isObject(args[i])) return true;
  return false;
}

/** The argument at an index, or undefined: reading an index that an array lacks could run code of the page. */
function at(args: Args, index: number): unknown {
  return index < args.length ? args[index] : undefined;
}

/** Whether a text has characters above 255, which the browser refuses as a method or header name. */
function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (charCodeAt(text, i) > 255) return true;
  return false;
}
