import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { encodeProof } from '../../protocol/wire/envelope.ts';
import { alterationsOf } from '../alterations.ts';
import type { Exchange } from '../exchange.ts';
import { wordsOf } from '../judgement.ts';
import { type EndpointProbe, fail, inconclusive, pass } from '../probe.ts';
import { noBlock, randomHex } from '../proofs.ts';
import { sentence } from '../sentence.ts';

export const caching: EndpointProbe = {
  of: 'endpoint',
  id: 'T30',
  title: 'probe_T30_title',
  rule: 'probe_T30_rule',
  source: 'x402 core 2.27.0 sends no-store; not a written MUST',
  severity: 'warning',
  async run({ inspection: { response } }) {
    if (response === null) return inconclusive(sentence('developer_noAnswer'));
    const control = (response.headers['cache-control'] ?? '').toLowerCase();
    if (/no-store|private|no-cache/.test(control)) return pass(sentence('probe_T30_forbidden', { control }));
    const lasting = /(?:max-age|s-maxage)\s*=\s*0*[1-9]|public/.test(control);
    if (lasting || response.headers.expires !== undefined) {
      const header = control === '' ? 'Expires' : `Cache-Control: ${control}`;
      return fail(sentence('probe_T30_allowed', { header }));
    }
    return pass(sentence('probe_T30_silent'));
  },
};

/** The statuses that caches keep for as long as they like where the answer says nothing of it (RFC 9110, 15.1). */
const KEPT_UNASKED: ReadonlySet<number> = new Set([300, 301, 308, 404, 405, 410, 414, 501]);

export const keptRefusals: EndpointProbe = {
  of: 'endpoint',
  id: 'T34',
  title: 'probe_T34_title',
  rule: 'probe_T34_rule',
  source: 'RFC 9110, 15.1; RFC 9111, 4.2.2',
  severity: 'warning',
  async run(probeRun) {
    for (const proof of refusable(probeRun.inspection.probed[0])) await probeRun.present(proof);
    const refusals = [...probeRun.earlier, ...probeRun.exchanges].filter(mayBeKept);
    const kept = refusals.find((exchange) => !isNotStored(exchange));
    if (kept !== undefined) {
      const control = kept.received?.headers['cache-control'];
      const answer = wordsOf(kept);
      if (control === undefined) return fail(sentence('probe_T34_silent', { answer }));
      return fail(sentence('probe_T34_allowed', { answer, control }));
    }
    const [first] = refusals;
    if (first === undefined) return pass(sentence('probe_T34_none'));
    return pass(sentence('probe_T34_forbidden', { answer: wordsOf(first) }));
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
