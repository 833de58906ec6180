/** Returns the value of a header, or null. Several headers of one name are joined as `fetch` joins them. */
export function headerOf(
  headers: readonly chrome.webRequest.HttpHeader[] | undefined,
  name: string,
): string | null {
  const wanted = name.toLowerCase();
  const values = (headers ?? []).filter((header) => header.name.toLowerCase() === wanted).map(valueIn);
  return values.length === 0 ? null : values.join(', ');
}

/** Chromium gives a value that is not UTF-8 as bytes; on the wire a header is Latin-1. */
function valueIn({ value, binaryValue }: chrome.webRequest.HttpHeader): string {
  return value ?? (binaryValue ?? []).map((byte) => String.fromCharCode(byte)).join('');
}

/** The request header that carries a proof (protocol 1.1). */
export const PROOF_HEADER = 'PAYMENT-SIGNATURE';
/** The request header that carries a server's token beside a proof (docs/WIRE.md §11.3). */
export const REPRESENT_HEADER = 'X-Nano-Represent';
