import type { PaymentView } from '../../messages/payment.ts';
import { readWebUrl } from '../../site.ts';

/**
 * Returns the address under which what was bought can be opened; null for a request that is not a GET, for a test, and in a
 * private window. An address that is not on the web is never opened.
 */
export function boughtUrl({ method, url }: Pick<PaymentView, 'method' | 'url'>): string | null {
  if (method !== 'GET' || url === null) return null;
  return readWebUrl(url)?.href ?? null;
}
