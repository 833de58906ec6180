import { bodyNow } from './body.ts';
import type { Bridge } from './bridge-client.ts';
import { add, apply, fails, getter, list, method, patchNative, patchNativeClass } from './natives.ts';
import { muteUploads } from './upload.ts';
import { at, textsOf } from './xhr-arguments.ts';
import { createXhrCover } from './xhr-cover.ts';
import {
  type Args,
  DONE,
  OPENED,
  REPEATED,
  reactionTo,
  requestOf,
  SENT,
  SETTLED,
  type UnseenEvent,
  type XhrRequest,
  type XhrState,
} from './xhr-state.ts';

type Xhr = XMLHttpRequest;
type Freely<This> = (self: This, ...args: Args) => void;

/** Makes asynchronous XMLHttpRequests hold a 402 that may be paid (see `XhrState`). */
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
  const timeoutOf = getter(XMLHttpRequest, 'timeout');
  const baseOf = getter(Node, 'baseURI');
  const hrefOf = getter(URL, 'href');
  const startsWith = method(String, 'startsWith');
  const toUpperCase = method(String, 'toUpperCase');
  const { addEventListener } = EventTarget.prototype;
  const dispatch = method(EventTarget, 'dispatchEvent');
  const renew = method(Event, 'initEvent');
  const stop = method(Event, 'stopImmediatePropagation');
  const typeOf = getter(Event, 'type');
  const get = method(WeakMap<Xhr, XhrRequest>, 'get');
  const set = method(WeakMap<Xhr, XhrRequest>, 'set');

  const requests = new WeakMap<Xhr, XhrRequest>();
  const uploads = muteUploads();
  const { cover, uncover, coverReadyState, uncoverReadyState } = createXhrCover(
    (xhr) => get(requests, xhr)?.shown,
  );

  const onEvent = function (this: Xhr, event: Event): void {
    const request = get(requests, this);
    if (request === undefined) return;
    const type = typeOf(event);
    const readyState = readyStateOf(this);
    const reaction = reactionTo(request.state.phase, {
      type,
      readyState,
      isConcealed: request.isConcealed,
      isPriced: () => maybePriced(this),
      status: () => statusOf(this),
    });
    switch (reaction) {
      case 'pass':
        return;
      case 'swallow':
        stop(event);
        return;
      case 'conceal':
        stop(event);
        request.unseen ??= list();
        add(request.unseen, { event, readyState });
        if (!request.isConcealed) conceal(this, request);
        if (type === 'loadend') hold(this, request);
        return;
      case 'end':
        giveNotice(request);
        reveal(this, request, SETTLED);
        return;
      case 'reveal':
        reveal(this, request, SETTLED);
        return;
    }
  };

  const addressOf = ({ opened, base }: XhrRequest): string => hrefOf(new NativeUrl(`${opened[1]}`, base));

  const maybePriced = (xhr: Xhr): boolean =>
    statusOf(xhr) === 402 &&
    (!startsWith(urlOf(xhr), pageOrigin) ||
      (headerOf(xhr, 'payment-required') ?? headerOf(xhr, 'x-payment-address')) !== null);

  /** Reports a request that ended before its whole answer arrived: the network layer may have seen its 402. */
  const giveNotice = (request: XhrRequest): void => tookBack(addressOf(request), `${request.opened[0]}`);
  const isUnderWay = (xhr: Xhr, request: XhrRequest | undefined): boolean =>
    request?.state.phase === 'sent' && readyStateOf(xhr) !== DONE;

  const hold = (xhr: Xhr, request: XhrRequest): void => {
    const drop = ask(urlOf(xhr), `${request.opened[0]}`, false, timeoutOf(xhr), (go) => {
      if (go) repeat(xhr, request, go);
      else giveUp(xhr, request);
    });
    request.state = { phase: 'held', drop };
  };

  const repeat = (xhr: Xhr, request: XhrRequest, go: string): void => {
    const { opened, headers, body } = request;
    const url = hrefOf(new NativeUrl(go, addressOf(request)));
    reveal(xhr, request, REPEATED);
    request.unseen = null;
    uploads.mute(xhr);
    open(xhr, opened[0], url, true, at(opened, 3), at(opened, 4));
    for (let i = 0; headers !== null && i < headers.length; i += 1) {
      setHeader(xhr, headers[i]?.[0], headers[i]?.[1]);
    }
    send(xhr, body);
  };

  /** Gives the page the response that was held, with the events it did not see. */
  const giveUp = (xhr: Xhr, request: XhrRequest): void => {
    const { unseen } = request;
    reveal(xhr, request, SETTLED);
    for (let i = 0; unseen !== null && i < unseen.length && get(requests, xhr) === request; i += 1) {
      const { event, readyState } = unseen[i] as UnseenEvent;
      request.shown = readyState;
      coverReadyState(xhr);
      // An event whose propagation was stopped stays stopped in Chromium; only `initEvent` resets it.
      renew(event, typeOf(event), false, false);
      dispatch(xhr, event);
    }
    uncoverReadyState(xhr);
  };

  /** Hides the response from the page: its request looks as if it had none yet. */
  const conceal = (xhr: Xhr, request: XhrRequest): void => {
    request.shown = OPENED;
    request.isConcealed = true;
    cover(xhr);
  };

  /** Moves a request to its next state, in which its response is not hidden. */
  const reveal = (xhr: Xhr, request: XhrRequest, next: XhrState): void => {
    request.state = next;
    if (!request.isConcealed) return;
    request.isConcealed = false;
    uncover(xhr);
  };

  patchNativeClass<Xhr>(globalThis, 'XMLHttpRequest', (xhr) => {
    for (let i = 0; i < listeners.length; i += 1) apply(addEventListener, xhr, listeners[i] as Args);
  });
  patchNative<Xhr>(prototype, 'open', (native, xhr, args) => {
    const before = get(requests, xhr);
    if (before === undefined && fails(() => readyStateOf(xhr))) return void native(xhr, args);
    const opened = textsOf(args);
    const state = before?.state;
    const isEnded = isUnderWay(xhr, before);
    // For the page a concealed request is in the ready state `OPENED` already: opening it again fires no event, as
    // natively. Where it was repeated, opening it fires one.
    if (before?.isConcealed) before.state = REPEATED;
    else if (state?.phase === 'repeated' && before !== undefined) before.state = SETTLED;
    try {
      native(xhr, opened);
    } catch (error) {
      if (before !== undefined && state !== undefined) before.state = state;
      throw error;
    }
    if (before !== undefined) {
      if (state?.phase === 'held') state.drop();
      else if (isEnded) giveNotice(before);
      reveal(xhr, before, SETTLED);
      uploads.unmute(xhr);
    }
    set(requests, xhr, requestOf(opened, baseOf(document)));
  });
  patchNative<Xhr>(prototype, 'setRequestHeader', (native, xhr, args) => {
    const request = get(requests, xhr);
    if (request === undefined && fails(() => readyStateOf(xhr))) return void native(xhr, args);
    const header = textsOf(args);
    native(xhr, header);
    if (request === undefined) return;
    request.headers ??= list();
    add(request.headers, header);
  });
  patchNative<Xhr>(prototype, 'send', (native, xhr, args) => {
    const request = get(requests, xhr);
    if (request === undefined && fails(() => readyStateOf(xhr))) return void native(xhr, args);
    const given = args.length > 0 ? args[0] : null;
    const body = bodyNow(given);
    if (request?.state.phase === 'opened') {
      request.body = body;
      request.state = SENT;
      // Of the methods that need no preflight only `POST` has a body.
      uploads.prepare(
        xhr,
        () => toUpperCase(`${request.opened[0]}`) !== 'POST' || startsWith(addressOf(request), pageOrigin),
      );
    }
    native(xhr, [typeof body === 'string' ? body : given]);
  });
  patchNative<Xhr>(prototype, 'abort', (native, xhr, args) => {
    const request = get(requests, xhr);
    if (request?.state.phase === 'held') {
      request.state.drop();
      request.state = SETTLED;
      request.shown = DONE;
      dispatch(xhr, new NativeEvent('readystatechange'));
      dispatch(xhr, new NativeProgress('abort'));
      dispatch(xhr, new NativeProgress('loadend'));
      if (get(requests, xhr) !== request) return;
    }
    if (request !== undefined) {
      if (isUnderWay(xhr, request)) giveNotice(request);
      reveal(xhr, request, SETTLED);
    }
    native(xhr, args);
  });

  const events = ['readystatechange', 'loadstart', 'progress', 'load', 'loadend'];
  const listeners = events.map((type) => [type, onEvent]);
}
