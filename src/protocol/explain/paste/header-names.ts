import type { Finding } from '../finding.ts';

/** The names of the headers that are read. */
export const HEADERS = [
  'PAYMENT-REQUIRED',
  'PAYMENT-SIGNATURE',
  'PAYMENT-RESPONSE',
  'X-PAYMENT',
  'X-Nano-Payment',
] as const;

/** The three headers of x402 version 2, the proof of version 1, and a block hash that is shown as a proof. */
export type HeaderName = (typeof HEADERS)[number];

/** A header that was found in a text, or a 402 without PAYMENT-REQUIRED. */
export interface FoundHeader {
  readonly header: HeaderName | '402';
  /** The header's value; of a 402, its headers as lines and its body. */
  readonly value: string;
  /** The URL of its request, where the text names it. */
  readonly url: string | undefined;
  /** How it was recognised: by a header's name in the text, or by its contents. */
  readonly by: 'name' | 'content';
  /** What there is to say of the text around the value: that it was plain JSON, or where reading stopped. */
  readonly notes: readonly Finding[];
}

/** The most headers that are returned. */
export const MOST_FOUND = 64;

/**
 * The names as texts write them: of HTTP in any case of letters, of log variables (`sent_http_payment_required`), of CGI
 * (`HTTP_PAYMENT_SIGNATURE`), and of code (`paymentRequired`).
 */
export const NAME =
  /(?<![\w-])(?:(?:sent_|upstream_)?http_)?(?:payment[-_]?(?:required|signature|response)|x[-_]?payment(?:[-_]?response)?|x[-_]?nano[-_]?payment)(?![\w-])/gi;

const lettersOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/^(?:(?:sent_|upstream_)?http_)/, '')
    .replace(/[-_]/g, '');
const BY_LETTERS = new Map<string, HeaderName>([
  ...HEADERS.map((header) => [lettersOf(header), header] as const),
  // X-PAYMENT-RESPONSE of version 1 reads as that of version 2.
  ['xpaymentresponse', 'PAYMENT-RESPONSE'],
]);

/** The header that a name means, in any of the spellings of {@link NAME}. */
export const headerNamed = (name: string): HeaderName | undefined => BY_LETTERS.get(lettersOf(name.trim()));

/** Whether a name is written as on the wire. One in another spelling is a header's only with a value that can be read. */
export const isWireName = (name: string): boolean =>
  /^(?:payment-(?:required|signature|response)|x-payment(?:-response)?|x-nano-payment)$/i.test(name);
