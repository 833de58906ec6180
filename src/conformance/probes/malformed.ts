import { encodeBase64 } from '../../base64.ts';
import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { encodeProof } from '../../protocol/wire/envelope.ts';
import { alterationsOf, PAY_FIRST, WITH_ID } from '../alterations.ts';
import type { Exchange } from '../exchange.ts';
import { isGranted, isRefused, mustRefuse, wordsOf, worst } from '../judgement.ts';
import { type EndpointProbe, fail, inconclusive, type OfferProbe, pass, type Verdict } from '../probe.ts';
import { altered, noBlock, proofOf, randomHex, stranger } from '../proofs.ts';

export const unreadable: EndpointProbe = {
  of: 'endpoint',
  id: 'T5',
  title: 'Rejects malformed proofs',
  rule: 'A PAYMENT-SIGNATURE that cannot be read is answered with 400 (x402 core: 402), and with no content.',
  source: 'x402 v2, HTTP transport',
  severity: 'critical',
  async run(probeRun) {
    const [offer] = probeRun.inspection.probed;
    const whole = { x402Version: 2, accepted: offer?.accepted ?? {}, payload: {} };
    const garbage: readonly (readonly [what: string, header: string])[] = [
      ['No base64', '%%%'],
      ['An empty header', ''],
      ['Half a payload', encodeProof(whole).slice(0, 30)],
      ['A payload of version 1', encodeProof({ ...whole, x402Version: 1 })],
      ['A payload without a proof', encodeProof(whole)],
    ];
    const verdicts: Verdict[] = [];
    for (const [what, header] of garbage) verdicts.push(answered(await probeRun.present(header), what));
    return worst(verdicts);
  },
};

/** Content and a breakdown are both wrong answers to garbage. */
function answered(exchange: Exchange, what: string): Verdict {
  const { received } = exchange;
  if (received === null) return fail(`${what} was not answered at all.`, 'warning');
  if (received.status >= 500)
    return fail(`${what} brought the server down: ${wordsOf(exchange)}.`, 'warning');
  return mustRefuse(exchange, what);
}

export const unknownOffer: OfferProbe = {
  of: 'offer',
  id: 'T6',
  title: 'Rejects unknown sessions',
  rule: 'A session, challenge or nonce that the server did not issue is refused with 402, 404 or 410.',
  source: 'x402.NanoSession Rev 5, 1.2',
  severity: 'critical',
  mechanisms: WITH_ID,
  cost: () => null,
  async run(probeRun, offer) {
    const proof = altered(await bogusProof(offer), {
      accepted: (entry) => alterationsOf(offer).id?.with(entry, randomHex(32)) ?? entry,
    });
    return mustRefuse(await probeRun.present(proof), 'A proof for an offer that was never made');
  },
};

export const unknownBlock: OfferProbe = {
  of: 'offer',
  id: 'T7',
  title: 'Rejects unknown block hashes',
  rule: 'A proof whose block is not on the ledger is refused with 402.',
  source: 'x402.NanoSession Rev 7, 4.2; x402.Nano Track B, BLOCK_NOT_FOUND',
  severity: 'critical',
  mechanisms: PAY_FIRST,
  cost: () => null,
  async run(probeRun, { mechanism }) {
    const fresh = await probeRun.freshOffer(mechanism);
    return mustRefuse(await probeRun.present(await bogusProof(fresh)), 'A proof with a made-up block');
  },
};

/** A well-formed proof of an unpaid offer, by a block that is not on the ledger. */
export const bogusProof = (offer: EntryOffer): Promise<string> => proofOf(offer, noBlock(), stranger());

/** Twice what Node's own parser takes. */
const OVERSIZED = 32 * 1024;

export const hostile: EndpointProbe = {
  of: 'endpoint',
  id: 'T33',
  title: 'Survives hostile headers',
  rule: 'A proof of 32 KB, and one that names __proto__, are refused with a 4xx, and the server goes on as before.',
  source: 'RFC 6585, 5 (431); CWE-1321',
  severity: 'critical',
  async run(probeRun) {
    const verdicts = [survived(await probeRun.present('A'.repeat(OVERSIZED)), 'A header of 32 KB')];
    const [offer] = probeRun.inspection.probed;
    if (offer !== undefined) {
      const exchange = await probeRun.present(encodeText(polluting(offer)));
      verdicts.push(survived(exchange, 'A proof with __proto__ in it'));
    }
    const after = await probeRun.ask();
    if (after.received?.status !== 402) {
      return fail(`After that, the server no longer asks for money: ${wordsOf(after)}.`);
    }
    return worst(verdicts);
  },
};

function survived(exchange: Exchange, what: string): Verdict {
  if (isGranted(exchange)) return fail(`${what} was granted: ${wordsOf(exchange)}.`);
  if (isRefused(exchange)) return pass(`${what} was refused, and the server goes on: ${wordsOf(exchange)}.`);
  if (exchange.received === null) return inconclusive(`${what} was not answered.`);
  return fail(`${what} brought about ${wordsOf(exchange)}.`, 'warning');
}

/** The text of a payload that tells a careless merge to pollute the prototype of all objects. */
function polluting({ accepted }: EntryOffer): string {
  const poison = '"__proto__":{"paid":true,"settled":true,"isValid":true,"success":true}';
  const entry = JSON.stringify(accepted)
    .replace(/"extra":\{/, `"extra":{${poison},`)
    .replace(/,\}/g, '}');
  return `{"x402Version":2,"accepted":${entry},"payload":{${poison},"proof":"${noBlock()}"}}`;
}

const encodeText = (text: string): string => encodeBase64(new TextEncoder().encode(text));
