import type { Ask } from './ask.ts';
import { bodyNow } from './body.ts';
import { getter, method, type Slot, standIn, standInClass } from './natives.ts';
import { muteUploads } from './upload.ts';

type Xhr = XMLHttpRequest;
type Args = readonly unknown[];
type Freely<This> = (self: This, ...args: Args) => void;

/** What a page did with an XMLHttpRequest since it opened it: enough to do it again. */
interface Doing {
  readonly opened: Args;
  /** What the address is relative to. */
  readonly base: string;
  readonly headers: Args[];
  body: unknown;
  /** `first`, then `held` while the page waits, then `again`; `open` before, `over` when there is nothing to hold. */
  phase: 'open' | 'first' | 'held' | 'again' | 'over';
  /** The ready state that the page is shown in place of the true one. */
  shown: number | null;
  /** Whether the page is shown no answer. */
  isBlank: boolean;
  /** The events that the page did not see, each with the ready state of its time. */
  readonly unseen: Array<readonly [event: Event, readyState: number]>;
  drop(): void;
}

const OPENED = 1;
const DONE = 4;
const events = ['readystatechange', 'loadstart', 'progress', 'load', 'loadend'] as const;

/** Makes asynchronous XMLHttpRequests hold a 402 that may be paid: the page sees one request, from begin to end. */
export function holdXhr(ask: Ask): void {
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
  const uploadOf = getter(XMLHttpRequest, 'upload');
  const baseOf = getter(Node, 'baseURI');
  const hrefOf = getter(URL, 'href');
  const startsWith = method(String, 'startsWith');
  const listen = method(EventTarget, 'addEventListener');
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
    const type = typeOf(event);
    const readyState = readyStateOf(this);
    if (doing?.phase === 'first' && type !== 'loadstart' && maybePriced(this)) {
      stop(event);
      doing.unseen[doing.unseen.length] = [event, readyState];
      doing.shown = OPENED;
      doing.isBlank = true;
      if (type === 'loadend') hold(this, doing);
    } else if (doing?.phase === 'again' && (type === 'loadstart' || readyState === OPENED)) {
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

  const repeat = (xhr: Xhr, doing: Doing): void => {
    const { opened, base, headers, body } = doing;
    show(doing, 'again');
    uploads.mute(uploadOf(xhr));
    open(xhr, opened[0], hrefOf(new NativeUrl(`${opened[1]}`, base)), true, opened[3], opened[4]);
    for (let i = 0; i < headers.length; i += 1) setHeader(xhr, headers[i]?.[0], headers[i]?.[1]);
    send(xhr, body);
  };

  const giveUp = (xhr: Xhr, doing: Doing): void => {
    const { unseen } = doing;
    show(doing, 'over');
    for (let i = 0; i < unseen.length && get(doings, xhr) === doing; i += 1) {
      const [event, readyState] = unseen[i] ?? [];
      if (event === undefined) continue;
      doing.shown = readyState ?? null;
      // Chromium keeps an event stopped after its dispatch; only this makes it as new.
      renew(event, typeOf(event), false, false);
      dispatch(xhr, event);
    }
    doing.shown = null;
  };

  /** The page sees the request as it is from now on. */
  const show = (doing: Doing, phase: 'again' | 'over'): void => {
    doing.phase = phase;
    doing.shown = null;
    doing.isBlank = false;
  };

  prototype.constructor = standInClass<Xhr>(globalThis, 'XMLHttpRequest', (xhr) => {
    for (let i = 0; i < events.length; i += 1) listen(xhr, events[i] as string, hear, true);
  });
  standIn<Xhr>(prototype, 'open', (native, xhr, args) => {
    const opened = textsOf(args);
    const before = get(doings, xhr);
    const phase = before?.phase;
    // For the page what is held is opened already: no event tells of it. What goes again may be opened anew.
    if (before?.isBlank) before.phase = 'again';
    else if (phase === 'again' && before !== undefined) before.phase = 'over';
    try {
      native(xhr, opened);
    } catch (error) {
      if (before !== undefined && phase !== undefined) before.phase = phase;
      throw error;
    }
    if (phase === 'held') before?.drop();
    uploads.unmute(uploadOf(xhr));
    set(doings, xhr, {
      opened,
      base: baseOf(document),
      headers: [],
      body: null,
      phase: args.length < 3 || args[2] ? 'open' : 'over',
      shown: null,
      isBlank: false,
      unseen: [],
      drop() {},
    });
  });
  standIn<Xhr>(prototype, 'setRequestHeader', (native, xhr, args) => {
    const header = textsOf(args);
    native(xhr, header);
    const headers = get(doings, xhr)?.headers;
    if (headers !== undefined) headers[headers.length] = header;
  });
  standIn<Xhr>(prototype, 'send', (native, xhr, args) => {
    const doing = get(doings, xhr);
    if (doing?.phase === 'open') {
      doing.body = bodyNow(args[0]);
      doing.phase = 'first';
    }
    native(xhr, args);
  });
  standIn<Xhr>(prototype, 'abort', (native, xhr, args) => {
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
    if (doing !== undefined) show(doing, 'over');
    native(xhr, args);
  });

  const showInstead = (
    name: keyof Xhr,
    instead: (doing: Doing, value: unknown) => unknown,
    slot: Slot = 'get',
  ) =>
    standIn<Xhr>(
      prototype,
      name,
      (native, xhr, args) => {
        const value = native(xhr, args);
        const doing = get(doings, xhr);
        return doing === undefined ? value : instead(doing, value);
      },
      slot,
    );
  const hide = (name: keyof Xhr, nothing: unknown, slot?: Slot) =>
    showInstead(name, ({ isBlank }, value) => (isBlank ? nothing : value), slot);
  showInstead('readyState', ({ shown }, value) => shown ?? value);
  showInstead('response', ({ isBlank }, value) => (!isBlank ? value : typeof value === 'string' ? '' : null));
  hide('responseText', '');
  hide('responseURL', '');
  hide('responseXML', null);
  hide('status', 0);
  hide('statusText', '');
  hide('getAllResponseHeaders', '', 'value');
  hide('getResponseHeader', null, 'value');
}

/** What a page passes is made text once, as natively, and is what is passed again. */
function textsOf(args: Args): Args {
  if (args.length < 2) return args;
  const texts: unknown[] = [];
  for (let i = 0; i < args.length; i += 1) {
    // The third of `open` says whether it is to wait.
    texts[i] = i !== 2 && args[i] !== null && typeof args[i] === 'object' ? `${args[i]}` : args[i];
  }
  return texts;
}
