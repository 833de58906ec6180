import type { HttpResponse, Send } from '../../conformance/ports.ts';

/** The time limit for one response (ms). */
const PATIENCE = 60_000;
/** How much of a body is read (characters). */
const MOST_BODY = 16 * 1024;

/** Sends a request from the extension page, without credentials, cache or redirects. */
export const sendByFetch: Send = async ({ method, url, headers, body }, signal): Promise<HttpResponse> => {
  const response = await fetch(url, {
    method,
    headers,
    body,
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'manual',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: (await response.text()).slice(0, MOST_BODY),
  };
};

/** Reads headers, one per line. Skips lines that are not headers. */
export function readHeaders(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').map((line) => /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/.exec(line));
  return Object.fromEntries(lines.flatMap((line) => (line === null ? [] : [[line[1] ?? '', line[2] ?? '']])));
}
