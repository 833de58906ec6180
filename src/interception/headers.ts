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

/** The request headers that carry a proof: that of x402 v2 (docs/WIRE.md §1.1), and that of a bare hash (§3.11). */
export const proofHeaders = ['PAYMENT-SIGNATURE', 'X-Nano-Payment'] as const;
export type ProofHeader = (typeof proofHeaders)[number];

/** The request header that carries a server's token beside a proof (docs/WIRE.md §11.3). */
const REPRESENT_HEADER = 'X-Nano-Represent';

/** What a request carries to be served. */
export interface Proof {
  readonly header: ProofHeader;
  readonly value: string;
  /** The server's token beside it. */
  readonly represent?: string;
}

/** The headers of a request that carries a proof. */
export function headersOf({ header, value, represent }: Proof): Readonly<Record<string, string>> {
  return { [header]: value, ...(represent !== undefined && { [REPRESENT_HEADER]: represent }) };
}

/** Whether a request carries a proof, of the wallet or of its page. */
export function carriesProof(headers: readonly chrome.webRequest.HttpHeader[] | undefined): boolean {
  return proofHeaders.some((name) => headerOf(headers, name) !== null);
}
