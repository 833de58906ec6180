import { bare, getter, method } from './natives.ts';
import { whenSettled } from './promises.ts';

/** The class as it was before any script of the page could replace it. */
export const NativeRequest = Request;
const arrayBuffer = method(Request, 'arrayBuffer');
const eachHeader = method(Headers, 'forEach');

type Readers = { readonly [Name in keyof Request]: (request: Request) => Request[Name] };

/** For each property of a request a plain function that reads it. */
export const partOf = readersOf(Object.getOwnPropertyDescriptors(Request.prototype));

function readersOf(own: Readonly<Record<string, PropertyDescriptor>>): Readers {
  const readers = bare<Record<string, unknown>>();
  for (const name in own) if (own[name]?.get) readers[name] = getter(Request, name as keyof Request);
  return readers as Readers;
}

/**
 * Makes a request to `url` with the options, headers and body of `spare`. The body is read first and passed as bytes: a
 * `Request` that is constructed from another one streams its body, which Chromium does not send over HTTP/1.1.
 */
export function repeat(
  spare: Request,
  url: string,
  made: (request: Request) => void,
  failed: (reason: unknown) => void,
): void {
  const make = (body?: ArrayBuffer) => {
    const init = bare<Record<string, unknown>>();
    // Each option of the constructor has the name of the property that shows it.
    for (const name in partOf) init[name] = partOf[name as keyof Readers](spare);
    init.body = body;
    const headers = bare<Record<string, string>>();
    eachHeader(partOf.headers(spare), (value, name) => {
      headers[name] = value;
    });
    init.headers = headers;
    made(new NativeRequest(url, init));
  };
  // Firefox does not show the body of a request: there an empty one is sent where the method takes one.
  const hasNone =
    import.meta.env.MODE === 'firefox'
      ? partOf.method(spare) === 'GET' || partOf.method(spare) === 'HEAD'
      : partOf.body(spare) === null;
  if (hasNone) make();
  else whenSettled(arrayBuffer(spare), make, failed);
}
