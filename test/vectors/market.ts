import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import * as v from 'valibot';
import { type BlockHash, hashBlock } from '../../src/nano/block.ts';
import { MAINNET } from '../../src/nano/network.ts';
import { shownProof } from '../../src/payments/shown-proof.ts';
import { nanoUri } from '../../src/protocol/dialects/payment-link.ts';
import { recogniseDialect } from '../../src/protocol/dialects/recognise.ts';
import type { UnpricedResponse } from '../../src/protocol/dialects/response.ts';
import { harderWorkOf, isHandOver } from '../../src/protocol/mechanisms/index.ts';
import { type Classification, classify, tellingReason } from '../../src/protocol/offer/classify.ts';
import { readHashOffer } from '../../src/protocol/offer/hash-offer.ts';
import type { EntryOffer } from '../../src/protocol/offer/offer.ts';
import { makeProof } from '../../src/protocol/proof/proof.ts';
import { decodeObject } from '../../src/protocol/wire/envelope.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot } from '../../src/work/difficulty.ts';
import type { SectionChecker, VectorCase } from './checker.ts';
import { type dialects, MarketMeta, MarketRecord } from './market-record.ts';

/** When a challenge arrives: the corpus leaves that to its reader. */
const NOW = Date.UTC(2026, 10, 28, 12);

/** The hash of a send. */
const HASH = 'A1'.repeat(32) as BlockHash;

/** What the wallet calls a dialect: the name of its mechanism, or the code under which it names it and does not pay. */
const NAMES: Readonly<Record<(typeof dialects)[number], string>> = {
  'signed-block': 'signedBlock',
  nanoSession: 'nanoSession',
  'hash-bearer': 'hashBearer',
  'deposit-complete': 'PAYS_BY_DEPOSIT',
  'order-poll': 'PAYS_TO_ORDER_ACCOUNT',
  invoice: 'NANO_PAYMENT_LINK',
  'signed-block-v1': 'V1_NANO',
};

/**
 * Checks the challenges of the section `records` of `market.json`. Its `meta` is read here as well: it says how many records
 * there are.
 */
export const marketChallenges: SectionChecker = (section, file) => {
  const records = v.parse(v.array(v.looseObject({ id: v.string(), answers: v.array(v.unknown()) })), section);
  const meta = v.safeParse(MarketMeta, file?.meta);
  return [
    ...(meta.success ? [{ name: 'all of them', run: () => checkCounts(records, meta.output) }] : []),
    ...records.flatMap(casesOf),
  ];
};

function checkCounts(
  records: readonly { readonly answers: readonly unknown[] }[],
  told: v.InferOutput<typeof MarketMeta>,
) {
  equal(records.length, told.records);
  equal(records.flatMap(({ answers }) => answers).length, told.answers);
}

/** The cases of one record. A record with anything unknown in it is a case that fails. */
function casesOf(record: { readonly id: string }): readonly VectorCase[] {
  const { id } = record;
  const read = v.safeParse(MarketRecord, record);
  if (!read.success) return [{ name: id, run: () => void v.parse(MarketRecord, record) }];
  return challengeCases(read.output).map(({ name, run }) => ({ name: `${id}: ${name}`, run }));
}

function challengeCases(record: MarketRecord): readonly VectorCase[] {
  const { challenge, expect } = record;
  const header = challenge.headers['payment-required'];
  if (challenge.status !== 402) {
    // Interception looks at a 402 only, which no pure function shows. What would be read is compared where it is told.
    const { ifReadAnyway } = expect;
    return header === undefined || ifReadAnyway === undefined
      ? []
      : [{ name: 'if it were read', run: () => equal(refusalOf(classified(record, header)), ifReadAnyway) }];
  }
  if (header !== undefined) return headerCases(record, header);
  return expect.verdict === 'payable' && expect.mechanism === 'hash-bearer'
    ? hashCases(record)
    : dialectCases(record);
}

function headerCases(record: MarketRecord, header: string): readonly VectorCase[] {
  const { challenge, expect, proof } = record;
  const decided = [
    {
      name: 'the header decides',
      run: () => {
        deepStrictEqual(decodeObject(header), challenge.decoded);
        const headers = listed(challenge.headers);
        equal(recogniseDialect({ headers, bodyText: challenge.body }), undefined);
      },
    },
  ];
  switch (expect.verdict) {
    case 'refused':
    case 'ignored':
      return [...decided, { name: 'refused', run: () => checkRefused(classified(record, header), expect) }];
    case 'notByBudget':
      return [
        ...decided,
        { name: 'never by budget', run: () => checkNotByBudget(classified(record, header), expect) },
      ];
    case 'payable':
      return [
        ...decided,
        { name: 'offer', run: () => checkOffer(classified(record, header), record) },
        ...(proof === undefined
          ? []
          : [{ name: 'proof', run: () => checkProof(bestOf(classified(record, header)), proof.example) }]),
      ];
    case 'namedOnly':
      throw new RangeError('a record with PAYMENT-REQUIRED is paid or refused');
  }
}

/** A price in plain headers: paid, and proven by the block hash. */
function hashCases(record: MarketRecord): readonly VectorCase[] {
  const { challenge, request, expect } = record;
  const headers = listed(challenge.headers);
  const context = { url: request.url, network: MAINNET.id, arrivedAt: NOW, now: NOW };
  const offerIn = (response: UnpricedResponse) => {
    const offer = readHashOffer(response, context);
    ok(typeof offer === 'object', `not payable: ${offer}`);
    return offer;
  };
  const checkHashOffer = (response: UnpricedResponse) => {
    const { mechanism, amount, payTo, warnings } = offerIn(response);
    equal(mechanism, expect.mechanism && NAMES[expect.mechanism]);
    equal(String(amount), expect.amountToSend);
    equal(payTo, expect.payTo);
    deepStrictEqual(warnings, []);
  };
  return [
    { name: 'offer by its headers', run: () => checkHashOffer({ headers }) },
    {
      name: 'the same offer with its body',
      run: () => checkHashOffer({ headers, bodyText: challenge.body }),
    },
    {
      name: 'proof',
      async run() {
        const offer = offerIn({ headers });
        const sign = () => {
          throw new Error('nothing to sign');
        };
        const proof = await makeProof(offer, { hash: HASH, account: offer.payTo, sign });
        deepStrictEqual(shownProof(offer, { proof }), { header: expect.proof?.header, value: HASH });
      },
    },
  ];
}

/** A dialect that is not paid: named, by its headers where they suffice, else with the body, which browsers seldom show. */
function dialectCases(record: MarketRecord): readonly VectorCase[] {
  const { challenge } = record;
  const headers = listed(challenge.headers);
  const byHeaders = recogniseDialect({ headers });
  const withBody = { headers, bodyText: challenge.body };
  return byHeaders === undefined
    ? [{ name: 'named (needs body)', run: () => checkNamed(recogniseDialect(withBody), record) }]
    : [
        { name: 'named by its headers', run: () => checkNamed(byHeaders, record) },
        { name: 'named the same with its body', run: () => checkNamed(recogniseDialect(withBody), record) },
      ];
}

function checkNamed(found: ReturnType<typeof recogniseDialect>, { expect }: MarketRecord): void {
  const { tier, verdict, mechanism, reason, say, payTo } = expect;
  ok(verdict === 'namedOnly' || (verdict === 'payable' && tier >= 2), 'what must be paid has a mechanism');
  ok(found, 'not recognised');
  equal(found.code, reason ?? (mechanism && NAMES[mechanism]));
  if (say !== undefined) ok(found.args[0] && say.includes(found.args[0]), `${found.args[0]} is not ${say}`);
  // A plain send to the account of a signed block would be lost.
  const amount = mechanism === 'signed-block-v1' ? undefined : (expect.amountToSend ?? expect.amount);
  equal(found.link && nanoUri(found.link), amount === undefined ? null : `nano:${payTo}?amount=${amount}`);
}

function checkRefused(found: Classification, { reason, accept }: MarketRecord['expect']): void {
  ok(found.kind === 'refused' || found.offers.length === 0, 'something can be paid');
  ok([reason, ...accept].includes(refusalOf(found)), `${refusalOf(found)} is not ${reason}`);
}

function checkNotByBudget(found: Classification, { reason }: MarketRecord['expect']): void {
  if (found.kind === 'offers' && found.offers.length > 0) {
    ok(found.offers.every(({ warnings }) => warnings.includes('unknownTerms')));
  } else equal(refusalOf(found), reason);
}

function checkOffer(found: Classification, { challenge, expect }: MarketRecord): void {
  const offer = bestOf(found);
  const { mechanism, entry, accept, amountToSend, payTo, others, expirySeconds, budget, work } = expect;
  ok(mechanism, 'a payable record names its mechanism');
  equal(offer.mechanism, NAMES[mechanism]);
  ok(
    [entry, ...accept.filter((one) => typeof one === 'number')].includes(offer.index),
    `entry ${offer.index}`,
  );
  if (offer.index === entry) equal(String(offer.amount), amountToSend);
  equal(offer.payTo, payTo);
  const accepts = challenge.decoded?.accepts;
  deepStrictEqual(offer.accepted, Array.isArray(accepts) ? accepts[offer.index] : undefined);
  if (expirySeconds !== undefined) ok(offer.expiresAt - NOW >= expirySeconds * 1000, 'ends too early');
  if (budget !== undefined) ok(!offer.warnings.includes('unknownTerms'), 'no budget would pay');
  if (work !== undefined) {
    // A block has the network's work at the least. What the offer wants beyond it stands in the offer.
    equal(harderWorkOf(offer) ?? MAINNET.thresholds.send, hardest(work.threshold, MAINNET.thresholds.send));
  }
  const refused = found.kind === 'offers' ? found.refused : [];
  for (const other of others)
    ok(refused.some(({ index, code }) => index === other.index && code === other.code));
}

/** The harder of two thresholds in hex. */
const hardest = (one: string, other: string): string => (one > other ? one : other);

type Example = NonNullable<MarketRecord['proof']>['example'];

/** The example's block, proven anew, gives the same bytes of meaning: servers compare by value. */
async function checkProof(
  offer: EntryOffer,
  { value, payload, blockHash, balanceBefore, worksFor }: Example,
): Promise<void> {
  const { block } = payload.payload;
  equal(hashBlock(block), blockHash);
  equal(balanceBefore - block.balance, offer.amount);
  ok(meets(parseWorkRoot(block.previous), parseWorkNonce(block.work), parseThreshold(worksFor)), 'weak work');
  ok(isHandOver(offer), 'the example is a signed block');
  deepStrictEqual(decodeObject(await makeProof(offer, { block })), decodeObject(value));
}

function classified({ request }: MarketRecord, header: string): Classification {
  return classify(header, { url: request.url, network: MAINNET.id, arrivedAt: NOW, now: NOW });
}

function refusalOf(found: Classification): string | undefined {
  return found.kind === 'refused' ? found.code : tellingReason(found.refused);
}

function bestOf(found: Classification): EntryOffer {
  const offer = found.kind === 'offers' ? found.offers[0] : undefined;
  ok(offer, `nothing payable: ${refusalOf(found)}`);
  return offer;
}

const listed = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));
