import { REPLACEABLE } from '../../messages/bridge.ts';
import type { Bridge } from './bridge-client.ts';
import {
  bare,
  construct,
  defineProperty,
  fails,
  getPrototypeOf,
  getter,
  isObject,
  method,
  ownProperty,
  patchNative,
  proxy,
  valued,
} from './natives.ts';
import { fulfil, whenSettled } from './promises.ts';
import { NativeRequest, partOf, repeat } from './repeat.ts';

/** A request of the page that is ready to be sent. */
interface Prepared {
  readonly request: Request;
  /** Its body is a stream, which can be sent only once. */
  readonly isStreamed: boolean;
  /** The page kept no way to take it back. */
  readonly isSteady: boolean;
}

const isFirefox = import.meta.env.MODE === 'firefox';

/** How the browser's error messages begin: those of `fetch`, and of `Request`, which reads the same arguments. */
const OF_FETCH = isFirefox ? 'Window.fetch: ' : "Failed to execute 'fetch' on 'Window': ";
const OF_REQUEST = isFirefox ? 'Request constructor: ' : "Failed to construct 'Request': ";
/** The browser's whole message for a request that got no answer. */
const UNREACHABLE = isFirefox ? 'NetworkError when attempting to fetch resource.' : 'Failed to fetch';

/** The schemes of `fetch`. A request of any other scheme fails before `fetch` returns. */
const schemes = [
  'http:',
  'https:',
  'blob:',
  'data:',
  'file:',
  isFirefox ? 'moz-extension:' : 'chrome-extension:',
];

/** Makes `fetch` hold a 402 that may be paid. The page gets the response to the request that was sent again. */
export function holdFetch({ ask, tookBack }: Bridge): void {
  const NativePromise = Promise;
  const NativeTypeError = TypeError;
  const NativeUrl = URL;
  const { get } = Reflect;
  const isError: (value: unknown) => value is Error = get(Error, 'isError');
  const pageOrigin = origin;
  const clone = method(Request, 'clone');
  const { method: methodOf, mode: modeOf, signal: signalOf, url: targetOf } = partOf;
  const statusOf = getter(Response, 'status');
  const typeOf = getter(Response, 'type');
  const urlOf = getter(Response, 'url');
  const bodyOf = getter(Response, 'body');
  const headersOf = getter(Response, 'headers');
  const has = method(Headers, 'has');
  const isLocked = getter(ReadableStream, 'locked');
  const cancel = method(ReadableStream, 'cancel');
  const isAborted = getter(AbortSignal, 'aborted');
  const reasonOf = getter(AbortSignal, 'reason');
  const listen = method(EventTarget, 'addEventListener') as (...args: unknown[]) => void;
  const unlisten = method(EventTarget, 'removeEventListener') as (...args: unknown[]) => void;
  const originOf = getter(URL, 'origin');
  const hrefOf = getter(URL, 'href');
  const startsWith = method(String, 'startsWith');
  const slice = method(String, 'slice');
  const windowOf = getter({ prototype: globalThis }, 'window');

  /**
   * Whether a 402 may state a price. A response of another origin may hide the header from the page: then only the network
   * layer sees it.
   */
  const maybePriced = (response: Response): boolean =>
    statusOf(response) === 402 &&
    (typeOf(response) !== 'basic' ||
      has(headersOf(response), 'payment-required') ||
      has(headersOf(response), 'x-payment-address'));

  /**
   * Whether the browser rejects a request before `fetch` returns. A promise of ours that waits for that rejection would be
   * rejected later.
   */
  const isRefused = (request: Request): boolean => {
    const url = targetOf(request);
    for (let i = 0; i < schemes.length; i += 1) {
      if (startsWith(url, schemes[i] as string)) {
        // Of another origin it refuses blobs, and whatever is asked for in the mode `same-origin`.
        return (
          i < 3 &&
          (i === 2 || modeOf(request) === 'same-origin') &&
          originOf(new NativeUrl(url)) !== pageOrigin
        );
      }
    }
    return true;
  };

  /** The request of a page, and whether its body is a stream. The page's options are read once, as natively. */
  const requestOf = (args: readonly unknown[]): Prepared => {
    const options = args.length > 1 ? args[1] : null;
    // A `Request` that the page made earlier may have a signal of the page's.
    const isAddress = args.length > 0 && typeof args[0] === 'string';
    if (!isObject(options)) {
      return { request: construct(NativeRequest, args), isStreamed: false, isSteady: isAddress };
    }
    let body: unknown;
    let signal: unknown;
    // The target is an object of our own: with the page's options as target, the browser would also read their
    // descriptors.
    const readOnce = proxy(bare(), 'get', (_: object, key: keyof typeof options) => {
      const value = options[key];
      if (key === 'body') body = value;
      if (key === 'signal') signal = value;
      return value;
    });
    const request = construct(NativeRequest, [args[0], readOnce]);
    return {
      request,
      isStreamed: typeof body === 'object' && !fails(() => isLocked(body as ReadableStream)),
      isSteady: isAddress && (signal === undefined || signal === null),
    };
  };

  /** The message of a `TypeError`; empty for anything else that was thrown. */
  const textOf = (error: unknown): string => {
    if (!isError(error) || getPrototypeOf(error) !== NativeTypeError.prototype) return '';
    const text = ownProperty(error, 'message')?.value;
    return typeof text === 'string' ? text : '';
  };

  /**
   * Sets the message of an error as `fetch` has it. The browser, too, sets it after it has captured the stack trace.
   */
  const named = (error: Error, text: string): Error => {
    defineProperty(error, 'message', valued(OF_FETCH + text));
    return error;
  };

  patchNative<unknown, Promise<Response>>(globalThis, 'fetch', (native, self, args, asNative) => {
    const failed = (error: unknown): Promise<Response> => new NativePromise((_, reject) => reject(error));

    if (self !== undefined && self !== null && self !== globalThis) {
      // A call on another window uses that window's base URL and policies.
      if (!fails(() => windowOf(self as typeof globalThis))) return native(self, args);
      const text = 'Illegal invocation';
      return failed(named(asNative(new NativeTypeError(text)), text));
    }
    let prepared: Prepared;
    try {
      prepared = requestOf(args);
    } catch (error) {
      const text = textOf(error);
      if (startsWith(text, OF_REQUEST)) named(asNative(error as Error), slice(text, OF_REQUEST.length));
      return failed(error);
    }
    const { request, isStreamed, isSteady } = prepared;
    const signal = signalOf(request);
    if (isAborted(signal)) return native(self, [request]);
    const unreachable = asNative(new NativeTypeError(UNREACHABLE));
    if (isRefused(request)) {
      whenSettled(native(self, [request]));
      return failed(unreachable);
    }
    const name = methodOf(request);
    // A stream can be sent once only.
    const spare = isStreamed ? null : name === 'GET' || name === 'HEAD' ? request : clone(request);

    return new NativePromise((resolve, reject) => {
      let isOver = false;
      // Until there is a hold: the network layer may see a 402 of it and wait for one.
      let drop = () => tookBack(targetOf(request), name);
      const end = () => {
        isOver = true;
        unlisten(signal, 'abort', abort);
      };
      const abort = () => {
        drop();
        end();
        reject(reasonOf(signal));
      };
      const pass = (response: Response) => {
        end();
        fulfil(resolve, response);
      };
      const fail = (error: unknown) => {
        if (isOver) return;
        end();
        reject(textOf(error) === UNREACHABLE ? unreachable : error);
      };
      const answer = (response: Response, isAgain?: boolean) => {
        if (isOver) return;
        // Where the page has defined `then` on `Response.prototype`, the browser's promise may be fulfilled with
        // anything.
        if (fails(() => statusOf(response))) return resolve(response);
        if (spare === null || !(isAgain ? statusOf(response) === REPLACEABLE : maybePriced(response)))
          return pass(response);
        drop = ask(urlOf(response), name, isSteady, 0, (go) => {
          if (!go) return pass(response);
          drop = () => {};
          const body = bodyOf(response);
          if (body !== null) whenSettled(cancel(body));
          const passAgain = (paid: Response) => {
            // Sent to the final URL, the request meets no redirect; the page must still see that there were some.
            if (go[0] !== '#') defineProperty(paid, 'redirected', valued(true));
            answer(paid, true);
          };
          repeat(
            spare,
            hrefOf(new NativeUrl(go, targetOf(spare))),
            (again) => whenSettled(native(undefined, [again]), passAgain, fail),
            fail,
          );
        });
      };
      // On abort the browser rejects its promise before it calls the listeners of the request's own signal.
      listen(signal, 'abort', abort);
      whenSettled(native(self, [request]), answer, fail);
    });
  });
}
