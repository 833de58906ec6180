/** A parsed URL, or undefined. Relative texts are read against `base`. */
export function readUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** True for a URL that nothing on the way can change: https, or http to this machine (docs/WIRE.md §7.14). */
export function isSecure(address: string): boolean {
  const url = readUrl(address);
  if (!url) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** `localhost` and its subdomains, 127.0.0.0/8 and ::1, as the URL parser writes them. */
function isLoopback(hostname: string): boolean {
  return /^(.+\.)?localhost$/.test(hostname) || /^127(\.\d+){3}$/.test(hostname) || hostname === '[::1]';
}
