import { encodeBase64 } from '../base64.ts';
import { originOf } from './urls.ts';

/** An answer that the purse got by a request of its own, to be given to a page in the place of a refusal. */
export interface OtherAnswer {
  /** Its `Content-Type`; null where it has none. */
  readonly type: string | null;
  /** Its `Access-Control-Allow-Origin`; null where it has none. */
  readonly allowedOrigin: string | null;
  readonly body: Uint8Array;
}

/** The parts of a challenge that tell who may read an answer to it. */
interface Asker {
  readonly url: string;
  readonly initiator: string | null;
  readonly redirectedBy?: string;
}

/** How long an answer may be to be given as a `data:` URL (bytes): Chromium loads such URLs of up to 2 MiB. */
const MOST = 1_500_000;

/**
 * Whether a script may read an answer: on a page of its server's own origin, which no other site has redirected there, or where
 * the server lets every page read it. The purse asks without cookies where another site has a hand in the request.
 */
export function isReadableBy(
  { url, initiator, redirectedBy }: Asker,
  { allowedOrigin }: OtherAnswer,
): boolean {
  return allowedOrigin === '*' || (redirectedBy === undefined && initiator === originOf(url));
}

/** The `data:` URL of an answer: its body, under its own content type. Null for one that is too long. */
export function dataUrlOf({ type, body }: OtherAnswer): `data:${string}` | null {
  if (body.length > MOST) return null;
  // A comma begins the data, whatever stands before it.
  const name = (type ?? 'application/octet-stream').replace(/[^\x21-\x7e]|,/g, '');
  return `data:${name};base64,${encodeBase64(body)}`;
}

/**
 * The `data:` URL of an answer as a document, in which the relative addresses of a page are those of `url`. The document has an
 * origin of its own: its scripts run, and reach nothing of the site.
 */
export function documentUrlOf(answer: OtherAnswer, url: string): `data:${string}` | null {
  const { type, body } = answer;
  if (!/^\s*text\/html\s*(;|$)/i.test(type ?? '')) return dataUrlOf(answer);
  const start = new TextDecoder('latin1').decode(body.subarray(0, 1024));
  // Before its doctype, the element would make the page one of old browsers.
  const [{ length } = ''] = /^(?:\xef\xbb\xbf)?\s*<!doctype[^>]*>/i.exec(start) ?? [];
  const base = `<base href="${url.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}">`;
  const parts = [body.subarray(0, length), new TextEncoder().encode(base), body.subarray(length)];
  return dataUrlOf({ ...answer, body: joined(parts) });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
