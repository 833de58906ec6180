import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { encodeProof } from '../../protocol/wire/envelope.ts';
import { alterationsOf } from '../alterations.ts';
import type { Exchange } from '../exchange.ts';
import { wordsOf } from '../judgement.ts';
import { type EndpointProbe, fail, inconclusive, pass } from '../probe.ts';
import { noBlock, randomHex } from '../proofs.ts';

export const caching: EndpointProbe = {
  of: 'endpoint',
  id: 'T30',
  title: 'Marks 402s as not cacheable',
  rule: 'No cache may keep a 402: whoever got it again would pay an offer that is somebody else’s, or over.',
  source: 'x402 core 2.27.0 sends no-store; not a written MUST',
  severity: 'warning',
  async run({ inspection: { response } }) {
    if (response === null) return inconclusive('There was no answer.');
    const control = (response.headers['cache-control'] ?? '').toLowerCase();
    if (/no-store|private|no-cache/.test(control)) return pass(`Cache-Control: ${control}.`);
    const lasting = /(?:max-age|s-maxage)\s*=\s*0*[1-9]|public/.test(control);
    if (lasting || response.headers.expires !== undefined) {
      return fail(`The 402 may be kept: ${control === '' ? 'Expires' : `Cache-Control: ${control}`}.`);
    }
    return pass('Nothing is said, so no cache keeps a 402; “no-store” would be safer.');
  },
};

/** The statuses that caches keep for as long as they like where the answer says nothing of it (RFC 9110, 15.1). */
const KEPT_UNASKED: ReadonlySet<number> = new Set([300, 301, 308, 404, 405, 410, 414, 501]);

export const keptRefusals: EndpointProbe = {
  of: 'endpoint',
  id: 'T34',
  title: 'Keeps rejected proofs out of caches',
  rule: 'A refusal with 404, 410 or another status that caches keep unasked says no-store: a browser would show it again instead of asking, and what was paid for would never be delivered.',
  source: 'RFC 9110, 15.1; RFC 9111, 4.2.2',
  severity: 'warning',
  async run(probeRun) {
    for (const proof of refusable(probeRun.inspection.probed[0])) await probeRun.present(proof);
    const refusals = [...probeRun.earlier, ...probeRun.exchanges].filter(mayBeKept);
    const kept = refusals.find((exchange) => !isNotStored(exchange));
    if (kept !== undefined) {
      const control = kept.received?.headers['cache-control'];
      return fail(
        `A proof was answered with ${wordsOf(kept)}, ${control === undefined ? 'and nothing about caches' : `Cache-Control: ${control}`}.`,
      );
    }
    const [first] = refusals;
    if (first === undefined) return pass('No proof was answered with a status that caches keep unasked.');
    return pass(`A proof was answered with ${wordsOf(first)}, which no cache may keep.`);
  },
};

/** Proofs that cost nothing and must be refused: unreadable, of an unknown offer, and of an unknown block. */
function refusable(offer: EntryOffer | undefined): readonly string[] {
  const proofs = ['%%%'];
  if (offer === undefined) return proofs;
  const { accepted } = offer;
  const unknown = alterationsOf(offer).id?.with(accepted, randomHex(32)) ?? { ...accepted, amount: '1' };
  const payload = { proof: noBlock() };
  return [
    ...proofs,
    ...[unknown, accepted].map((entry) => encodeProof({ x402Version: 2, accepted: entry, payload })),
  ];
}

/** Whether a cache keeps the answer to a proof where nothing forbids it. Only what a GET brings is kept. */
const mayBeKept = ({ sent, received }: Exchange): boolean =>
  sent.method === 'GET' &&
  sent.headers['PAYMENT-SIGNATURE'] !== undefined &&
  received !== null &&
  KEPT_UNASKED.has(received.status);

/** Whether the answer is never shown again without asking the server. */
const isNotStored = ({ received }: Exchange): boolean =>
  /no-store|no-cache|max-age\s*=\s*0\b/i.test(received?.headers['cache-control'] ?? '');
