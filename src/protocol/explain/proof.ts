import * as v from 'valibot';
import { publicKeyOf, readAddress } from '../../nano/account.ts';
import {
  type BlockHash,
  BlockHashText,
  hashBlock,
  SignedBlockText,
  verifySignature,
  ZERO_HASH,
} from '../../nano/block.ts';
import { DEVNET, MAINNET } from '../../nano/network.ts';
import { verifyNoms } from '../../nano/noms.ts';
import { verifyDigestOfText } from '../../nano/signature.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot } from '../../work/difficulty.ts';
import { hashFields, isHandOver, proveBlock, proveSend } from '../mechanisms/index.ts';
import { type EnvelopeCode, refusalSentence } from '../offer/codes.ts';
import type { EntryMechanism, EntryOffer, HandOverOffer, PayFirstOffer } from '../offer/offer.ts';
import { encodeProof } from '../wire/envelope.ts';
import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';
import { type Encoding, readEncoding } from './encoding.ts';
import { compareFields } from './fields.ts';
import { type Finding, finding } from './finding.ts';
import { type ExplainContext, type ExplainedEntry, explainOffer } from './offer.ts';
import { otherPayload } from './other-payload.ts';

/** The value of a PAYMENT-SIGNATURE header, read and judged. */
export interface ExplainedProof {
  readonly header: 'PAYMENT-SIGNATURE';
  readonly encoding: Encoding;
  readonly code: EnvelopeCode | null;
  /** The offer that it accepts; null when it names none. */
  readonly accepted: ExplainedEntry | null;
  readonly mechanism: EntryMechanism | null;
  /** The block that pays, in upper case; null when none is named. */
  readonly hash: string | null;
  /** The account that pays, where the proof or the context says. */
  readonly payer: string | null;
  /** What is signed, where the mechanism needs a signature. */
  readonly message: { readonly kind: 'plain' | 'noms' | 'block'; readonly text: string } | null;
  readonly payload: JsonObject | null;
  readonly findings: readonly Finding[];
}

/** The findings about the payment. */
type Read = Pick<ExplainedProof, 'hash' | 'payer' | 'message' | 'findings'>;

const NOTHING: Read = { hash: null, payer: null, message: null, findings: [] };
const SIGNATURE = /^[0-9a-fA-F]{128}$/;

/**
 * Says what a PAYMENT-SIGNATURE claims and what of it holds: compares it with what the wallet would send for the same
 * offer and block, and checks signatures and work as far as that goes without a node. Total: any text gives a result.
 */
export function explainProof(value: string, context: ExplainContext): ExplainedProof {
  const encoding = readEncoding(value);
  const { json, code } = encoding;
  if (json === null) {
    const why = code === null ? [] : [finding('wrong', refusalSentence(code))];
    const findings = [...why, ...encoding.findings];
    return {
      header: 'PAYMENT-SIGNATURE',
      encoding,
      code,
      accepted: null,
      mechanism: null,
      payload: null,
      ...NOTHING,
      findings,
    };
  }
  const accepted = acceptedIn(json, context);
  const payload = own(json, 'payload');
  const sound = isObject(payload) ? payload : null;
  const offer = accepted?.offer ?? null;
  const read = offer === null || sound === null ? NOTHING : readPayload(offer, sound, context.payer);
  return {
    header: 'PAYMENT-SIGNATURE',
    encoding,
    code,
    accepted,
    mechanism: accepted?.mechanism ?? null,
    payload: sound,
    ...read,
    findings: [
      ...encoding.findings,
      ...envelopeFindings(json, sound !== null),
      ...(accepted !== null && offer === null ? [finding('wrong', 'wire_acceptedRefused')] : []),
      ...(accepted?.code === 'IGNORE_NOT_NANO' && sound !== null ? otherPayload(sound) : []),
      ...read.findings,
    ],
  };
}

/** The accepted entry as the classifier sees it: in an envelope of its own, which is read like any other. */
function acceptedIn(json: JsonObject, context: ExplainContext): ExplainedEntry | null {
  const accepted = own(json, 'accepted');
  if (!isObject(accepted)) return null;
  const resource = own(json, 'resource');
  const named = isObject(resource) && ownText(resource, 'url') ? resource : undefined;
  const url = context.url ?? (named && ownText(named, 'url')) ?? urlToSign(accepted);
  const envelope = { x402Version: 2, resource: named ?? { url: url ?? '/' }, accepts: [accepted] };
  const network = context.network ?? ownText(accepted, 'network');
  const explained = explainOffer(encodeProof(envelope), {
    ...context,
    url,
    network: network?.startsWith('nano:') ? network : undefined,
  });
  const [entry] = explained.entries;
  return entry ?? null;
}

/** Without a resource in the proof, the page is that of the URL which the server wants signed. */
function urlToSign(accepted: JsonObject): string | undefined {
  const extra = own(accepted, 'extra');
  const wanted = isObject(extra) ? own(extra, 'nanoSignature') : undefined;
  return isObject(wanted) ? ownText(wanted, 'url') : undefined;
}

function envelopeFindings(json: JsonObject, hasPayload: boolean): readonly Finding[] {
  const found: Finding[] = [];
  if (own(json, 'x402Version') !== 2) found.push(finding('wrong', 'wire_proofVersion'));
  if (!isObject(own(json, 'accepted'))) found.push(finding('wrong', 'wire_noAccepted'));
  if (!hasPayload) found.push(finding('wrong', 'wire_noPayload'));
  return found;
}

function readPayload(offer: EntryOffer, payload: JsonObject, payer: string | undefined): Read {
  return isHandOver(offer) ? readHandedOver(offer, payload) : readSent(offer, payload, payer);
}

/** Explains a proof of a send on the ledger. Only a node can tell whether the send is there. */
function readSent(offer: PayFirstOffer, payload: JsonObject, told: string | undefined): Read {
  const text = hashFields.map((key) => ownText(payload, key)).find((one) => one);
  const hash = v.safeParse(BlockHashText, text);
  if (text === undefined || !hash.success) {
    const key = text === undefined ? 'wire_noHash' : 'wire_badHash';
    return { ...NOTHING, findings: [finding('wrong', key)] };
  }
  const named = ownText(payload, 'payerAccount') ?? ownText(payload, 'account') ?? told;
  const account = readAddress(named)?.address ?? null;
  const found: Finding[] = hash.output === ZERO_HASH ? [finding('wrong', 'wire_zeroHash')] : [];
  if (named !== undefined && account === null) found.push(finding('wrong', 'wire_badPayer'));
  // The payee stands in for an unknown payer: the comparison leaves out the account.
  const body = proveSend(offer, { hash: text as BlockHash, account: account ?? offer.payTo });
  const signature = ownText(payload, 'signature');
  if ('payload' in body) {
    return {
      hash: hash.output,
      payer: account,
      message: null,
      findings: [
        ...found,
        ...compareFields(payload, body.payload, account === null ? ['payerAccount'] : []),
        finding('note', 'wire_askNode'),
      ],
    };
  }
  const { message } = body;
  const wanted = body.signed(signature ?? '').payload;
  return {
    hash: hash.output,
    payer: account,
    message,
    findings: [
      ...found,
      ...compareFields(payload, wanted, account === null ? ['account'] : []),
      signatureFinding(signature, account, (key, given) =>
        (message.kind === 'noms' ? verifyNoms : verifyDigestOfText)(key, message.text, given),
      ),
      finding('note', 'wire_askNode'),
    ],
  };
}

function signatureFinding(
  signature: string | undefined,
  account: NonNullable<ReturnType<typeof readAddress>>['address'] | null,
  fits: (key: ReturnType<typeof publicKeyOf>, signature: string) => boolean,
): Finding {
  if (signature === undefined || !SIGNATURE.test(signature)) return finding('wrong', 'wire_badSignature');
  if (account === null) return finding('note', 'wire_signatureUnchecked');
  return attempt(() => fits(publicKeyOf(account), signature))
    ? finding('right', 'wire_signatureFits')
    : finding('wrong', 'wire_signatureWrong');
}

/** Explains a signed block that the server is to publish. */
function readHandedOver(offer: HandOverOffer, payload: JsonObject): Read {
  const block = own(payload, 'block');
  const read = v.safeParse(SignedBlockText, block);
  if (!isObject(block) || !read.success) {
    const field = read.success ? 'block' : (v.getDotPath(read.issues[0]) ?? 'block');
    return { ...NOTHING, findings: [finding('wrong', 'wire_badBlock', field)] };
  }
  const signed = read.output;
  const hash = hashBlock(signed);
  const pays = signed.link === publicKeyOf(offer.payTo);
  const found: Finding[] = [
    pays ? finding('right', 'wire_blockPays') : finding('wrong', 'wire_blockPaysOther'),
    signatureFinding(signed.signature, signed.account, () =>
      verifySignature(signed, publicKeyOf(signed.account)),
    ),
    workFinding(offer.network, signed),
    finding('note', 'wire_amountNeedsFrontier'),
  ];
  if (signed.previous === ZERO_HASH) found.unshift(finding('wrong', 'wire_blockOpens'));
  const wanted =
    pays && signed.previous !== ZERO_HASH ? own(proveBlock(offer, signed).payload, 'block') : null;
  if (isObject(wanted ?? undefined)) found.push(...compareFields(block, wanted as JsonObject, []));
  return { hash, payer: signed.account, message: { kind: 'block', text: hash }, findings: found };
}

function workFinding(
  network: string,
  { previous, work }: { readonly previous: string; readonly work: string },
): Finding {
  const { send } = (network === MAINNET.id ? MAINNET : DEVNET).thresholds;
  return meets(parseWorkRoot(previous), parseWorkNonce(work), parseThreshold(send))
    ? finding('right', 'wire_workFits', send)
    : finding('wrong', 'wire_workWeak', send);
}

/** Whether a check holds. A key or signature that makes it throw fails it. */
function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
