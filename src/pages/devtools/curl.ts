/** A request as a command for a POSIX shell, with its proof where there is one; whatever the URL holds stays one word. */
export function curlOf(
  { method, url }: { readonly method: string; readonly url: string },
  proof: string | null,
): string {
  const header = proof === null ? [] : ['-H', quoted(`PAYMENT-SIGNATURE: ${proof}`)];
  const how = method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : ['-X', quoted(method)];
  return ['curl', '-i', '--globoff', ...how, ...header, '--url', quoted(url)].join(' ');
}

/** Within single quotes a shell reads nothing but the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
