import type { ProofView } from '../../messages/exchange.ts';

/** Returns a request as a command for a POSIX shell, with its proof if given. A URL cannot break out of its word. */
export function curlOf(
  { method, url }: { readonly method: string; readonly url: string },
  proof: ProofView | null,
): string {
  const header = proof === null ? [] : ['-H', quoted(`${proof.header}: ${proof.value}`)];
  const how = method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : ['-X', quoted(method)];
  return ['curl', '-i', '--globoff', ...how, ...header, '--url', quoted(url)].join(' ');
}

/** Quotes a word: within single quotes a shell interprets only the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
