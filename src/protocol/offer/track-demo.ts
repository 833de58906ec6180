import { readUrl } from './origin.ts';

const ISSUE = /^(\/api\/demo\/track-[ab])\/issue$/;

/**
 * The URL that takes the proofs of an offer of the x402.Nano demo, which makes its offers at `issue` and takes proofs at
 * `redeem` (docs/WIRE.md §3.8, §4.13); undefined for any other URL.
 */
export function proofUrlOf(url: string): string | undefined {
  const read = readUrl(url);
  const [, track] = ISSUE.exec(read?.pathname ?? '') ?? [];
  if (read === undefined || track === undefined) return undefined;
  const redeem = new URL(read.href);
  redeem.pathname = `${track}/redeem`;
  return redeem.href;
}
