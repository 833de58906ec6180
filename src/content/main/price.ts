import { bare, getPrototypeOf, getter, method, ownProperty } from './natives.ts';
import { whenSettled } from './promises.ts';

/** Tells whether a response has a header. */
type Has = (name: string) => boolean;

/** Whether a response states its price in plain headers (docs/WIRE.md §3.11). The network layer judges which. */
export const isPlainlyPriced = (has: Has): boolean =>
  !has('payment-required') && has('x-payment-address') && has('x-payment-amount-raw');

/** Whether a response states a price. */
export const isPriced = (has: Has): boolean => has('payment-required') || isPlainlyPriced(has);

/** The most of a body that is read (bytes), and how long that may take (ms): its page waits meanwhile. */
export const MOST_BODY = 8 * 1024;
const WITHIN = 1000;

/**
 * Makes the function that reads the body of a response which the page never has. It calls `done` once: with the whole text;
 * or with null for a body that is longer, later or broken.
 */
export function bodyReader(): (response: Response, done: (text: string | null) => void) => void {
  const NativeDecoder = TextDecoder;
  const later = setTimeout;
  const stopTimer = clearTimeout;
  const bodyOf = getter(Response, 'body');
  const readerOf = method(ReadableStream, 'getReader') as (self: ReadableStream) => Reader;
  const readNext = method(ReadableStreamDefaultReader, 'read') as (self: Reader) => Promise<object>;
  const cancel = method(ReadableStreamDefaultReader, 'cancel') as (self: Reader) => Promise<void>;
  const decode = method(TextDecoder, 'decode');
  const streamed: { stream?: boolean } = bare();
  streamed.stream = true;
  const sizeOf = getter(getPrototypeOf(Uint8Array) as typeof Uint8Array, 'byteLength');

  return (response, done) => {
    const body = bodyOf(response);
    if (body === null) return done('');
    const reader = readerOf(body);
    const decoder = new NativeDecoder();
    let text = '';
    let left = MOST_BODY;
    let isOver = false;
    const end = (result: string | null) => {
      if (isOver) return;
      isOver = true;
      stopTimer(timer);
      if (result === null) whenSettled(cancel(reader));
      done(result);
    };
    const timer = later(() => end(null), WITHIN);
    const next = () => {
      whenSettled(
        readNext(reader),
        (result) => {
          if (isOver) return;
          const chunk: Uint8Array<ArrayBuffer> | undefined = ownProperty(result, 'value')?.value;
          if (chunk === undefined) return end(text + decode(decoder));
          left -= sizeOf(chunk);
          if (left < 0) return end(null);
          text += decode(decoder, chunk, streamed);
          next();
        },
        () => end(null),
      );
    };
    next();
  };
}

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
