import type { Ask } from './ask.ts';
import { construct, getter, method, standIn } from './natives.ts';
import { withoutUs } from './stack.ts';

type Fetch = (self: unknown, args: readonly unknown[]) => Promise<Response>;

/** Makes `fetch` hold a 402 that may be paid: the page sees the answer to the request that went again. */
export function holdFetch(ask: Ask): void {
  const NativeRequest = Request;
  const NativePromise = Promise;
  const NativeProxy = Proxy;
  const { get } = Reflect;
  const clone = method(Request, 'clone');
  const methodOf = getter(Request, 'method');
  const signalOf = getter(Request, 'signal');
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
  const listen = method(EventTarget, 'addEventListener');
  const settled = method(Promise, 'then');

  /** Of its own origin a page could see the price itself; of another one only the browser's network layer does. */
  const maybePriced = (response: Response): boolean =>
    statusOf(response) === 402 &&
    (typeOf(response) !== 'basic' || has(headersOf(response), 'payment-required'));

  const mayGo = (response: Response, request: Request): Promise<boolean> =>
    new NativePromise((resolve, reject) => {
      const drop = ask(urlOf(response), methodOf(request), resolve);
      const signal = signalOf(request);
      const abort = () => {
        drop();
        reject(reasonOf(signal));
      };
      if (isAborted(signal)) abort();
      else listen(signal, 'abort', abort);
    });

  /** The answer that the page sees, when `spare` may go again in the place of what got the first. */
  const finalAnswer = async (
    native: Fetch,
    first: Promise<Response>,
    spare: Request | null,
  ): Promise<Response> => {
    try {
      const response = await first;
      if (spare === null || !maybePriced(response) || !(await mayGo(response, spare))) return response;
      const body = bodyOf(response);
      if (body !== null) settled(cancel(body), undefined, () => {});
      return await native(undefined, [spare]);
    } catch (error) {
      throw withoutUs(error);
    }
  };

  const isStream = (body: unknown): boolean => {
    try {
      isLocked(body as ReadableStream);
      return true;
    } catch {
      return false;
    }
  };

  /** The request of a page, and whether its body is a stream. The page's options are read once, as natively. */
  const requestOf = (args: readonly unknown[]): readonly [request: Request, isStreamed: boolean] => {
    const options = args[1];
    if (typeof options !== 'object' || options === null) return [construct(NativeRequest, args), false];
    let body: unknown;
    const readOnce = new NativeProxy(options, {
      get(target, key) {
        const value = get(target, key);
        if (key === 'body') body = value;
        return value;
      },
    });
    const request = construct(NativeRequest, [args[0], readOnce]);
    return [request, typeof body === 'object' && isStream(body)];
  };

  standIn<unknown, Promise<Response>>(globalThis, 'fetch', (native, self, args) => {
    const untouched = () => finalAnswer(native, native(self, args), null);
    // What is fetched for another window goes by that window's address and rules.
    if (self !== undefined && self !== globalThis) return untouched();
    let request: Request;
    let spare: Request | null;
    try {
      const [first, isStreamed] = requestOf(args);
      const name = methodOf(first);
      request = first;
      // A stream can be sent once only.
      spare = isStreamed ? null : name === 'GET' || name === 'HEAD' ? first : clone(first);
    } catch {
      // Let the native function say what is wrong.
      return untouched();
    }
    return finalAnswer(native, native(self, [request]), spare);
  });
}
