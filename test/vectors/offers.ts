import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import * as v from 'valibot';
import { AddressText, parseAddress, publicKeyOf } from '../../src/nano/account.ts';
import { BlockHashText, SignedBlockText, verifySignature } from '../../src/nano/block.ts';
import { verifyNoms } from '../../src/nano/noms.ts';
import { verifyDigestOfText } from '../../src/nano/signature.ts';
import { recogniseDialect } from '../../src/protocol/dialects/recognise.ts';
import { isHandOver } from '../../src/protocol/mechanisms/index.ts';
import type { Message } from '../../src/protocol/mechanisms/mechanism.ts';
import { entryCodes } from '../../src/protocol/mechanisms/registry.ts';
import { type Classification, type ClassifyContext, classify } from '../../src/protocol/offer/classify.ts';
import type { Offer } from '../../src/protocol/offer/offer.ts';
import { makeProof } from '../../src/protocol/proof/proof.ts';
import { readReceipt } from '../../src/protocol/response/receipt.ts';
import { readResponse } from '../../src/protocol/response/response.ts';
import { decodeEnvelope, decodeObject, encodeProof } from '../../src/protocol/wire/envelope.ts';
import type { JsonObject } from '../../src/protocol/wire/json.ts';
import type { CheckerTable, VectorCase, VectorFile } from './checker.ts';

/** What an offers file says of its own circumstances; times in Unix seconds. */
interface Circumstances {
  readonly now: number;
  readonly pageUrl: string;
}

/** The circumstances of the published file, for sections that are read without their file. */
const PUBLISHED: Circumstances = { now: 1_900_000_000, pageUrl: 'https://example.com/api/protected?x=1' };

const NETWORK = 'nano:mainnet';
const ADDRESS = /nano_[13][13-9a-km-uw-z]{59}/g;

const object = v.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const text = v.string();

const Retry = v.object({
  headerName: v.literal('PAYMENT-SIGNATURE'),
  payload: object,
  headerBase64: text,
  headerBase64Url: text,
});

/** What a proof says of the send, under whichever names. */
const SentPayload = v.pipe(
  v.object({
    proof: v.optional(BlockHashText),
    sendHash: v.optional(BlockHashText),
    blockHash: v.optional(BlockHashText),
    account: v.optional(AddressText),
    payerAccount: v.optional(AddressText),
    signature: v.optional(text, ''),
  }),
  v.transform(({ proof, sendHash, blockHash, account, payerAccount, signature }) => ({
    hash: v.parse(BlockHashText, proof ?? sendHash ?? blockHash),
    account: account ?? payerAccount,
    signature,
  })),
);

const Variant = v.object({
  id: text,
  headerBase64: text,
  headerBase64Url: text,
  decoded: object,
  expect: v.object({ envelope: text, entries: v.optional(v.array(text)) }),
  amountToSendRaw: v.optional(text),
  retry: v.optional(Retry),
});

const Offers = v.object({
  now: v.number(),
  nowIso: text,
  pageUrl: text,
  headerName: v.literal('PAYMENT-REQUIRED'),
  payableVariants: v.array(text),
  variants: v.array(Variant),
});

const Malformed = v.array(
  v.object({
    id: text,
    header: text,
    now: v.optional(v.number()),
    expect: v.object({ envelope: text, entries: v.optional(v.array(text)), pay: v.boolean() }),
  }),
);

const MultipleHeaders = v.array(v.object({ id: text, value: text, expect: text }));

const LegacyHeaders = v.array(
  v.object({
    id: text,
    header: v.optional(text),
    value: v.optional(text),
    headers: v.optional(v.record(text, text)),
    body: v.optional(object),
    expect: text,
  }),
);

const PaymentResponses = v.array(
  v.object({
    id: text,
    decoded: object,
    headerBase64: text,
    headerBase64Url: text,
    encodingUsedByServer: v.picklist(['base64', 'base64url']),
    outcome: v.picklist(['PAID', 'REJECTED', 'REJECTED_RETRYABLE']),
  }),
);

/** The codes of `offers.json` that have another name today: the newer `market.json` has more ways to tell apart. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['V1_IGNORE', 'PAYS_OTHER_COIN'],
  ['V1_NANO_FAREMETER', 'V1_NANO'],
]);

/** The sections of `offers.json`. */
export const offersCheckers: CheckerTable = {
  offers: (section) => {
    const offers = v.parse(Offers, section);
    const accounts = JSON.stringify(section).match(ADDRESS) ?? [];
    return [
      {
        name: 'circumstances',
        run: () => {
          equal(Date.parse(offers.nowIso), offers.now * 1000);
          deepStrictEqual(new Set(offers.payableVariants), new Set(entryCodes));
        },
      },
      ...offers.variants.flatMap((variant) => variantCases(variant, offers, accounts)),
    ];
  },

  malformed: (section, file) => {
    const { now, pageUrl } = circumstancesIn(file);
    return v.parse(Malformed, section).map((vector) => ({
      name: vector.id,
      run: () => {
        const found = classify(vector.header, contextOf({ now: vector.now ?? now, pageUrl }));
        deepStrictEqual(codesOf(found), expected(vector.expect));
        equal(found.kind === 'offers' && found.entries.some(({ offer }) => offer), vector.expect.pay);
        equal('nanoSession' in {}, false);
      },
    }));
  },

  multipleHeaders: (section, file) => {
    const here = circumstancesIn(file);
    return v.parse(MultipleHeaders, section).map(({ id, value, expect }) => ({
      name: id,
      run: () => equal(codesOf(classify(value, contextOf(here))).envelope, expect),
    }));
  },

  legacyHeaders: (section) => v.parse(LegacyHeaders, section).flatMap(legacyCases),

  paymentResponses: (section) => v.parse(PaymentResponses, section).map(responseCase),
};

function variantCases(
  variant: v.InferOutput<typeof Variant>,
  offers: v.InferOutput<typeof Offers>,
  accounts: readonly string[],
): VectorCase[] {
  const { id, decoded, headerBase64, headerBase64Url, retry } = variant;
  const found = (header: string) => classify(header, contextOf(offers));
  const cases: VectorCase[] = [
    {
      name: `${id}: classified`,
      run: () => {
        for (const header of [headerBase64, headerBase64Url]) {
          deepStrictEqual(codesOf(found(header)), expected(variant.expect));
          deepStrictEqual(decodeObject(header), decoded);
          deepStrictEqual(envelopeIn(header), expectedEnvelope(decoded));
        }
        equal(headerBase64Url, urlSafe(headerBase64));
      },
    },
  ];
  if (variant.amountToSendRaw !== undefined) {
    const amount = variant.amountToSendRaw;
    cases.push({
      name: `${id}: amount`,
      run: () => equal(String(payable(found(headerBase64)).amount), amount),
    });
  }
  if (retry) {
    cases.push({
      name: `${id}: retry`,
      run: () => checkRetry(payable(found(headerBase64)), retry, accounts),
    });
  }
  return cases;
}

async function checkRetry(offer: Offer, retry: v.InferOutput<typeof Retry>, accounts: readonly string[]) {
  const { payload } = retry;
  equal(retry.headerBase64, encodeProof(payload));
  equal(retry.headerBase64Url, urlSafe(retry.headerBase64));
  equal(payload.x402Version, 2);
  deepStrictEqual(payload.accepted, offer.accepted);
  if ('resource' in payload) deepStrictEqual(payload.resource, offer.resourceEcho);
  const made = await remade(offer, payload.payload, accounts, paymentIdIn(payload));
  equal(made, retry.headerBase64);
}

/** The proof of an offer, made anew of the block or the hash and signature that a vector's proof is made of. */
async function remade(
  offer: Offer,
  payload: unknown,
  accounts: readonly string[],
  id: string | undefined,
): Promise<string> {
  if (isHandOver(offer)) {
    const { block } = v.parse(v.object({ block: SignedBlockText }), payload);
    ok(verifySignature(block, publicKeyOf(block.account)), 'the block is not signed by its account');
    return makeProof(offer, { block }, id);
  }
  const { hash, account, signature } = v.parse(SentPayload, payload);
  const signers = account === undefined ? accounts.map((text) => parseAddress(text)) : [account];
  const sign = ({ kind, text: signed }: Message) => {
    const verify = kind === 'plain' ? verifyDigestOfText : verifyNoms;
    ok(
      signers.some((signer) => verify(publicKeyOf(signer), signed, signature)),
      'no account of the file signed this',
    );
    return signature;
  };
  return makeProof(offer, { hash, account: account ?? offer.payTo, sign }, id);
}

function legacyCases(vector: v.InferOutput<typeof LegacyHeaders>[number]): VectorCase[] {
  const { id, header, value, headers, body } = vector;
  const expect = RENAMED.get(vector.expect) ?? vector.expect;
  const listed = Object.entries(headers ?? {}).map(([name, content]) => ({ name, value: content }));
  if (header !== undefined) listed.push({ name: header, value: value ?? '' });
  const cases: VectorCase[] = [];
  if (listed.length > 0) {
    cases.push({
      name: `${id}: headers`,
      run: () => equal(recogniseDialect({ headers: listed })?.code, expect),
    });
  }
  if (body) {
    const bodyText = JSON.stringify(body);
    cases.push({
      name: `${id}: body`,
      run: () => equal(recogniseDialect({ headers: [], bodyText })?.code, expect),
    });
  }
  return cases;
}

function responseCase(vector: v.InferOutput<typeof PaymentResponses>[number]): VectorCase {
  const { id, decoded, headerBase64, headerBase64Url, outcome } = vector;
  return {
    name: id,
    run: () => {
      equal(headerBase64Url, urlSafe(headerBase64));
      for (const paymentResponse of [headerBase64, headerBase64Url]) {
        deepStrictEqual(decodeObject(paymentResponse), decoded);
        const receipt = readReceipt(paymentResponse);
        equal(receipt?.settled ? 'PAID' : receipt?.early ? 'REJECTED_RETRYABLE' : 'REJECTED', outcome);
        const status = outcome === 'PAID' ? 200 : 402;
        const answer = readResponse(
          { status, paymentResponse, paymentRequired: null },
          { ownBlock: 'unknown', now: PUBLISHED.now * 1000 },
        );
        equal(answer.kind, outcome === 'PAID' ? 'paid' : 'refused');
        if (outcome === 'REJECTED_RETRYABLE') equal(answer.kind === 'refused' && answer.final, false);
      }
    },
  };
}

function circumstancesIn(file: VectorFile | undefined): Circumstances {
  return file?.offers === undefined ? PUBLISHED : v.parse(Offers, file.offers);
}

/** In the vectors the 402 has just arrived. */
function contextOf({ now, pageUrl }: Circumstances): ClassifyContext {
  return { url: pageUrl, network: NETWORK, arrivedAt: now * 1000, now: now * 1000 };
}

function codesOf(found: Classification) {
  return found.kind === 'refused'
    ? { envelope: found.code, entries: [] }
    : { envelope: 'OK', entries: found.entries.map(({ code }) => code) };
}

function expected({ envelope, entries = [] }: { envelope: string; entries?: string[] | undefined }) {
  return { envelope, entries };
}

/** The first entry that is some mechanism's, whether in use or not. */
function payable(found: Classification): Offer {
  const offer = found.kind === 'offers' ? found.entries.find((entry) => entry.offer)?.offer : undefined;
  ok(offer, 'nothing payable');
  return offer;
}

function envelopeIn(header: string) {
  const found = decodeEnvelope(header);
  return found.ok ? found.envelope : found.code;
}

function expectedEnvelope({ resource, accepts, extensions, error }: JsonObject) {
  return { resource, accepts, extensions, error };
}

function paymentIdIn(payload: JsonObject): string | undefined {
  const WithId = v.object({ 'payment-identifier': v.object({ info: v.object({ id: text }) }) });
  const extensions = v.safeParse(WithId, payload.extensions);
  return extensions.success ? extensions.output['payment-identifier'].info.id : undefined;
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
