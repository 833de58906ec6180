import { fails, getPrototypeOf, getter, isObject, method } from './natives.ts';

const NativeForm = FormData;
const NativeParams = URLSearchParams;
const { isView } = ArrayBuffer;
const has = method(FormData, 'has');
const eachEntry = method(FormData, 'forEach');
const append = method(FormData, 'append') as (form: FormData, name: string, value: unknown) => void;
const textOf = method(URLSearchParams, 'toString');
const addressOf = getter(Document, 'URL');
const sizeOf = getter(Blob, 'size');
const lengthOf = getter(ArrayBuffer, 'byteLength');
const typed = partsOf(getPrototypeOf(Uint8Array) as typeof Uint8Array);
const untyped = partsOf(DataView);
const slice = method(ArrayBuffer, 'slice');
const cloneNode = method(Node, 'cloneNode');

/**
 * Copies the body of a request, because the page may change or empty it before the request is sent again. An object that
 * is of none of the classes of a body is converted to text here, once.
 */
export function bodyNow(body: unknown): unknown {
  if (!isObject(body)) return body;
  if (isView(body)) {
    const { bufferOf, offsetOf, lengthOf } = fails(() => untyped.bufferOf(body)) ? typed : untyped;
    const buffer = bufferOf(body);
    const start = offsetOf(body);
    return isBuffer(buffer) ? slice(buffer, start, start + lengthOf(body)) : body;
  }
  if (isBuffer(body)) return slice(body, 0);
  if (!fails(() => sizeOf(body as Blob))) return body;
  if (!fails(() => has(body as FormData, ''))) {
    const copy = new NativeForm();
    eachEntry(body as FormData, (value, name) => append(copy, name, value));
    return copy;
  }
  // Copied from its text: `new URLSearchParams(body)` would call an iterator that the page may have defined.
  if (!fails(() => textOf(body as URLSearchParams))) return new NativeParams(textOf(body as URLSearchParams));
  if (!fails(() => addressOf(body as Document))) return cloneNode(body as Document, true);
  return `${body}`;
}

function isBuffer(value: object): value is ArrayBuffer {
  return !fails(() => lengthOf(value as ArrayBuffer));
}

function partsOf(Class: { readonly prototype: ArrayBufferView }) {
  return {
    bufferOf: getter(Class, 'buffer'),
    offsetOf: getter(Class, 'byteOffset'),
    lengthOf: getter(Class, 'byteLength'),
  };
}
