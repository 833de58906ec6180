import type { Ask } from './ask.ts';
import { apply, construct, getter, method, standIn } from './natives.ts';

/** Makes `fetch` hold a 402 that may be paid: the page sees the answer to the request that went again. */
export function holdFetch(ask: Ask): void {
  const NativeRequest = Request;
  const NativePromise = Promise;
  const NativeStream = ReadableStream;
  const clone = method(Request, 'clone');
  const methodOf = getter(Request, 'method');
  const signalOf = getter(Request, 'signal');
  const statusOf = getter(Response, 'status');
  const typeOf = getter(Response, 'type');
  const urlOf = getter(Response, 'url');
  const bodyOf = getter(Response, 'body');
  const headersOf = getter(Response, 'headers');
  const has = method(Headers, 'has');
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

  const finalAnswer = async (first: Promise<Response>, spare: Request, again: () => Promise<Response>) => {
    const response = await first;
    if (!maybePriced(response) || !(await mayGo(response, spare))) return response;
    const body = bodyOf(response);
    if (body !== null) settled(cancel(body), undefined, () => {});
    return again();
  };

  standIn(globalThis, 'fetch', {
    apply(native, self, args: readonly [RequestInfo, RequestInit?]) {
      // A stream can be sent once only.
      if (args[1]?.body instanceof NativeStream) return apply(native, self, args);
      let request: Request;
      let spare: Request;
      try {
        request = construct(NativeRequest, args);
        const name = methodOf(request);
        spare = name === 'GET' || name === 'HEAD' ? request : clone(request);
      } catch {
        // Let the native function say what is wrong.
        return apply(native, self, args);
      }
      return finalAnswer(apply(native, self, [request]), spare, () => apply(native, self, [spare]));
    },
  });
}
