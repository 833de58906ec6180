import { method } from './natives.ts';

const NativeForm = FormData;
const NativeParams = URLSearchParams;
const NativeBuffer = ArrayBuffer;
const NativeDocument = Document;
const { isView } = ArrayBuffer;
const eachEntry = method(FormData, 'forEach');
const append = method(FormData, 'append') as (form: FormData, name: string, value: unknown) => void;
const slice = method(ArrayBuffer, 'slice');
const cloneNode = method(Node, 'cloneNode');

/** The body of a request as it is now: its page may change or empty it before the request goes again. */
export function bodyNow(body: unknown): unknown {
  if (body instanceof NativeForm) {
    const copy = new NativeForm();
    eachEntry(body, (value, name) => append(copy, name, value));
    return copy;
  }
  if (body instanceof NativeParams) return new NativeParams(body);
  if (body instanceof NativeDocument) return cloneNode(body, true);
  if (body instanceof NativeBuffer) return slice(body, 0);
  if (!isView(body)) return body;
  const { buffer, byteOffset, byteLength } = body;
  return buffer instanceof NativeBuffer ? slice(buffer, byteOffset, byteOffset + byteLength) : body;
}
