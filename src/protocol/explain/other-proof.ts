import * as v from 'valibot';
import { type BlockHash, BlockHashText } from '../../nano/block.ts';
import type { Rule } from '../offer/codes.ts';
import { cleanText } from '../wire/clean-text.ts';
import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';
import { chainOf } from './chains.ts';
import { type Encoding, readEncoding } from './encoding.ts';
import { type Finding, finding } from './finding.ts';
import { otherPayload } from './other-payload.ts';

/** A proof in another header than that of x402 version 2, read and judged. */
export interface ExplainedOtherProof {
  readonly header: 'X-PAYMENT' | 'X-Nano-Payment';
  /** Null for a bare block hash, which is not encoded. */
  readonly encoding: Encoding | null;
  readonly rule: Rule;
  /** The block that pays; null when none is named. */
  readonly hash: BlockHash | null;
  /** The chain that the proof is for; null where it does not say. */
  readonly chain: string | null;
  readonly findings: readonly Finding[];
}

const MOST_NAME = 40;
const OF_VERSION_1: Rule = { number: 11, source: 'x402 v1' };
const OF_HASHES: Rule = { number: 10, source: 'sellers of the X-Nano-Payment header' };

/** Says what an X-PAYMENT holds (docs/WIRE.md §1.2): version 1 of x402, or what does not belong there. Total. */
export function explainVersion1(value: string): ExplainedOtherProof {
  const hash = hashIn(value);
  const common = { header: 'X-PAYMENT', rule: OF_VERSION_1, hash } as const;
  if (hash !== null) {
    return { ...common, encoding: null, chain: null, findings: [finding('note', 'wire_hashInXPayment')] };
  }
  const encoding = readEncoding(value);
  const { json } = encoding;
  const network = json === null ? undefined : ownText(json, 'network');
  return {
    ...common,
    encoding,
    chain: network === undefined ? null : chainOf(network),
    findings: [
      ...(json === null ? [finding('wrong', 'wire_noVersion1')] : version1Findings(json)),
      ...encoding.findings,
    ],
  };
}

function version1Findings(json: JsonObject): readonly Finding[] {
  const version = own(json, 'x402Version');
  if (version === 2) return [finding('wrong', 'wire_version2InXPayment')];
  const found = [finding('note', 'wire_version1Proof')];
  if (version !== 1) found.push(finding('wrong', 'wire_fieldDiffers', 'x402Version', '1'));
  const network = ownText(json, 'network') ?? '';
  if (network !== '' && !network.startsWith('nano')) {
    const scheme = cleanText(ownText(json, 'scheme') ?? '', MOST_NAME) || '?';
    found.push(finding('note', 'wire_otherChainProof', chainOf(network), scheme));
  }
  const payload = own(json, 'payload');
  if (!isObject(payload)) return [...found, finding('wrong', 'wire_noPayload')];
  if (isObject(own(payload, 'block'))) return [...found, finding('warn', 'wire_handOver')];
  return [...found, ...otherPayload(payload)];
}

/** Says what an X-Nano-Payment shows (docs/WIRE.md §3.11): the hash of a block. Total. */
export function explainShownHash(value: string): ExplainedOtherProof {
  const hash = hashIn(value);
  const findings =
    hash === null
      ? [finding('wrong', 'wire_badHash')]
      : [
          ...(hash === value.trim() ? [] : [finding('warn', 'wire_fieldCase', 'X-Nano-Payment')]),
          finding('warn', 'wire_hashIsPublic'),
          finding('note', 'wire_askNode'),
        ];
  return { header: 'X-Nano-Payment', encoding: null, rule: OF_HASHES, hash, chain: null, findings };
}

/** The block hash that a text is; null where it is none. */
export function hashIn(text: string): BlockHash | null {
  const read = v.safeParse(BlockHashText, text.trim());
  return read.success ? read.output : null;
}
