import type { IncomingHttpHeaders } from 'node:http';

/** One request, read to its end. */
export interface Visit {
  readonly method: string;
  /** `http://Host/path?query`, byte for byte as the client spelled it. */
  readonly href: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is sent back. Headers may repeat. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
  /** The line is cut in the middle of the body. */
  readonly breaksOff?: true;
}

/** The connection is cut without a word. */
export const HANG_UP = 'hang-up';

export type Answer = Reply | typeof HANG_UP;

/** What the client asked for makes no sense; the message says what. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** Something to show, with its media type. */
export interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
  /** Headers that go with it, beside its type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** It is the part that the visit's `Range` asks for. */
  readonly isPart?: true;
}

export const html = (body: string): Content => ({ type: 'text/html; charset=utf-8', body });
export const json = (value: unknown): Content => ({
  type: 'application/json',
  body: `${JSON.stringify(value, null, 2)}\n`,
});
export const text = (body: string): Content => ({ type: 'text/plain; charset=utf-8', body });

/** A reply that sends the client on, to a path or to another origin. */
export function sendOn(visit: Visit, to: string): Reply {
  if (!URL.canParse(to, visit.href)) throw new BadRequest('to: a path or a URL');
  return { status: 302, headers: { Location: new URL(to, visit.href).href }, body: '' };
}

/** A reply that shows something. */
export function show(
  status: number,
  content: Content,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Reply {
  return { status, headers: { 'Content-Type': content.type, ...headers }, body: content.body };
}
