import { deepStrictEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { encodeBase64 } from '../base64.ts';
import { BURN_ADDRESS, publicKeyOf, readAddress } from '../nano/account.ts';
import { MAX_SUPPLY } from '../nano/amount.ts';
import { recogniseDialect } from './dialects/recognise.ts';
import { defaultPreference, isHandOver, payFirstMechanisms } from './mechanisms/index.ts';
import { type Classification, classify } from './offer/classify.ts';
import { dialectCodes } from './offer/codes.ts';
import type { Mechanism, Offer } from './offer/offer.ts';
import { makeProof } from './proof/proof.ts';
import { lowerCaseProof, mechanismOfProof } from './proof/redelivery.ts';
import { readResponse } from './response/response.ts';
import {
  block,
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
  trackBEntry,
} from './samples.fixture.ts';
import { decodeObject } from './wire/envelope.ts';

/** A property of every possible header, offer or answer. */
export interface Property {
  readonly name: string;
  /** Tries this many cases. @throws Error with the smallest counterexample */
  readonly check: (cases: number) => void | Promise<void>;
}

const entries = [sessionEntry, signatureEntry, challengeEntry, trackBEntry, trackAEntry, signedBlockEntry];

/** Nearly valid values, as a careless or hostile server writes them. */
const nearly = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', '0', '00', '-1', '1e3', '0.1', '1 ', ' 1', '１', 'nano:mainnet', 'exact', BURN_ADDRESS),
  fc.constantFrom(-1, 0, 1.5, 1e21, 2 ** 53, 1_900_000_060_000, true, null),
  fc.constantFrom('__proto__', 'constructor', '2030-03-17', 'javascript:alert(1)', 'https://evil.example/'),
  fc.bigInt({ min: 0n, max: MAX_SUPPLY * 2n }).map(String),
);

/** A valid value with some of its parts, at any depth, replaced, removed or added. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) {
    return fc.oneof({ weight: 14, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: nearly });
  }
  const fields = Object.entries(value).map(([key, part]) => fc.tuple(fc.constant(key), mutated(part)));
  return fc
    .tuple(
      fc.tuple(...fields),
      fc.oneof(
        { weight: 9, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.tuple(fc.string({ maxLength: 12 }), nearly), { maxLength: 2 }) },
      ),
      fc.oneof({ weight: 12, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(10) }),
    )
    .map(([kept, added, dropped]) =>
      Object.fromEntries([...kept.filter((_, at) => at !== dropped), ...added]),
    );
}

const offered = fc
  .array(fc.oneof(...entries.map(mutated)), { minLength: 1, maxLength: 4 })
  .map((accepts) => ({ accepts, header: headerOf(envelopeOf(accepts)) }));

const offersIn = (found: Classification): readonly Offer[] =>
  found.kind === 'offers' ? found.entries.flatMap(({ offer }) => offer ?? []) : [];

const unpayable = (header: string) => deepStrictEqual(offersIn(classify(header, context)), []);

/** Proofs, and texts that are no proofs. */
const anyHeader = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map(encodeBase64),
  fc.json({ maxDepth: 6 }).map((json) => headerOf(JSON.parse(json))),
  fc
    .oneof(...entries.map(mutated))
    .map((accepted) =>
      headerOf({ x402Version: 2, accepted, payload: { block: { ...block, balance: '1' } } }),
    ),
);

/** The properties that this module guarantees for any text of a server. */
export const properties: readonly Property[] = [
  {
    name: 'any offer pays an amount within the supply to a valid payee, from parts that add up, echoed as it was written',
    check(cases) {
      let payable = 0;
      const property = fc.property(offered, ({ accepts, header }) => {
        for (const offer of offersIn(classify(header, context))) {
          payable += 1;
          ok(offer.amount > 0n && offer.amount <= MAX_SUPPLY);
          equal(String(offer.amount), offer.accepted.amount);
          equal(readAddress(offer.accepted.payTo)?.address, offer.payTo);
          notEqual(offer.payTo, BURN_ADDRESS);
          equal(offer.network, context.network);
          ok(offer.expiresAt > context.now && Number.isSafeInteger(Math.trunc(offer.expiresAt)));
          if ('tagAmount' in offer) equal(offer.resourceAmount + offer.tagAmount, offer.amount);
          equal(JSON.stringify(offer.accepted), JSON.stringify(accepts[offer.index]));
        }
      });
      fc.assert(property, { numRuns: cases });
      ok(payable > cases / 10, 'the cases must not all be refused');
    },
  },
  {
    name: 'any entry is either to be paid or refused with a reason, never both, and in the order asked for',
    check(cases) {
      const chosen = fc.uniqueArray(fc.constantFrom(...defaultPreference));
      const property = fc.property(offered, chosen, ({ accepts, header }, preference) => {
        const found = classify(header, { ...context, preference });
        if (found.kind === 'refused') throw new Error(found.code);
        const places = [...found.offers, ...found.refused].map(({ index }) => index);
        deepStrictEqual(
          places.sort(),
          accepts.map((_, index) => index),
        );
        const mechanisms = found.offers.map(({ mechanism }) => mechanism);
        const order: readonly Mechanism[] = [
          ...preference,
          ...defaultPreference.filter((name) => !preference.includes(name)),
        ];
        const ranks = mechanisms.map((mechanism: Mechanism) => order.indexOf(mechanism));
        deepStrictEqual(
          ranks,
          ranks.toSorted((a, b) => a - b),
        );
      });
      fc.assert(property, { numRuns: cases });
    },
  },
  {
    name: 'any proof echoes its entry, asks for one signature at most, and is the same whenever it is made',
    async check(cases) {
      const info = fc.oneof(
        fc.constant({ required: true }),
        mutated({ required: true, id: 'x'.repeat(20) }),
        nearly,
      );
      const property = fc.asyncProperty(offered, info, async ({ accepts }, about) => {
        const extensions = { 'payment-identifier': { info: about, schema: {} } };
        const header = headerOf(envelopeOf(accepts, { extensions }));
        for (const offer of offersIn(classify(header, context))) {
          const first = await provenBy(offer);
          const { proof, asked } = first;
          deepStrictEqual(await provenBy(offer), first);
          match(proof, /^[A-Za-z0-9+/]+={0,2}$/);
          const sent = decodeObject(proof);
          equal(JSON.stringify(sent?.accepted), JSON.stringify(accepts[offer.index]));
          equal(asked.length, offer.mechanism === 'nanoSignature' || offer.mechanism === 'trackB' ? 1 : 0);
          equal(mechanismOfProof(proof), offer.mechanism);
          const lower = lowerCaseProof(proof);
          equal(lower !== undefined, offer.mechanism === 'trackA');
          equal(
            JSON.stringify(decodeObject(lower ?? proof)).toLowerCase(),
            JSON.stringify(sent).toLowerCase(),
          );
        }
      });
      await fc.assert(property, { numRuns: cases });
    },
  },
  {
    name: 'any text is refused',
    check: (cases) =>
      fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), unpayable), { numRuns: cases }),
  },
  {
    name: 'any bytes are refused',
    check: (cases) =>
      fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }).map(encodeBase64), unpayable), {
        numRuns: cases,
      }),
  },
  {
    name: 'any JSON is refused',
    check(cases) {
      const json = fc.json({ maxDepth: 6 }).map((text) => headerOf(JSON.parse(text)));
      fc.assert(fc.property(json, unpayable), { numRuns: cases });
    },
  },
  {
    name: 'any entries and circumstances are refused',
    check(cases) {
      const accepted = fc.array(nearly, { maxLength: 4 });
      const property = fc.property(accepted, fc.webUrl(), fc.string(), (accepts, url, other) => {
        const header = headerOf(envelopeOf(accepts, { resource: { url: other } }));
        for (const page of [url, other]) {
          deepStrictEqual(offersIn(classify(header, { ...context, url: page })), []);
        }
      });
      fc.assert(property, { numRuns: cases });
    },
  },
  {
    name: 'a good header with one byte changed is refused or still says what it pays',
    check(cases) {
      const bytes = new TextEncoder().encode(JSON.stringify(envelopeOf([sessionEntry])));
      const property = fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = byte;
        for (const offer of offersIn(classify(encodeBase64(changed), context))) {
          equal(String(offer.amount), sessionEntry.amount);
          equal(offer.payTo, sessionEntry.payTo);
        }
      });
      fc.assert(property, { numRuns: cases });
    },
  },
  {
    name: 'any answer is read, whatever was sent: only 2xx is paid, and what is or may be on the ledger is never final',
    check(cases) {
      const status = fc.integer({ min: 0, max: 700 });
      const header = fc.option(anyHeader);
      const bodyText = fc.oneof(
        fc.string(),
        fc.json(),
        fc.constantFrom(
          '{"error":"MALFORMED_PAYLOAD"}',
          '{"code":"SESSION_LOST"}',
          '{"detail":{"invalidReason":"amount_mismatch"}}',
          '{"paid":false,"note":"frontier_moved"}',
        ),
      );
      const ownBlock = fc.constantFrom('onLedger' as const, 'notOnLedger' as const, 'unknown' as const);
      const hint = fc.oneof(fc.string(), fc.constantFrom('90', 'Sat, 28 Nov 2026 12:00:00 GMT'));
      const response = fc.record(
        {
          status,
          paymentResponse: header,
          paymentRequired: header,
          bodyText,
          retryAfter: hint,
          represent: hint,
          blockStatus: hint,
        },
        { requiredKeys: ['status', 'paymentResponse', 'paymentRequired'] },
      );
      const property = fc.property(response, ownBlock, fc.option(anyHeader), (sent, own, proof) => {
        const presented = { ownBlock: own, now: context.now, ...(proof !== null && { proof }) };
        const answer = readResponse(sent, presented);
        const is2xx = sent.status >= 200 && sent.status < 300;
        ok(answer.kind === 'paid' ? is2xx : !is2xx || sent.status === 202);
        if (answer.kind !== 'refused') return;
        if (answer.remedy || own !== 'notOnLedger') equal(answer.final, false);
        equal(answer.verdict === 'owed', own !== 'notOnLedger');
      });
      fc.assert(property, { numRuns: cases });
    },
  },
  {
    name: 'any response without a price is recognised or not, without a throw, and its link pays what can be paid',
    check(cases) {
      const names = fc.constantFrom(
        ...['X-Payment-Required', 'X-402-Address', 'X-402-Price-Raw', 'PAYMENT-REQUIRED', 'WWW-Authenticate'],
        ...['X-Payment-Address', 'X-Payment-Amount', 'X-Payment-Amount-Raw', 'X-Payment-Id', 'Link'],
      );
      const text = fc.oneof(fc.json(), fc.constantFrom(sessionEntry.payTo, '1', '0.5', BURN_ADDRESS));
      const header = fc.record({
        name: fc.oneof(fc.string(), names),
        value: fc.option(text, { nil: undefined }),
      });
      const property = fc.property(fc.array(header, { maxLength: 6 }), fc.json(), (headers, bodyText) => {
        const found = recogniseDialect({ headers, bodyText });
        if (found === undefined) return;
        ok(dialectCodes.includes(found.code));
        ok(headers.every(({ name }) => name.toLowerCase() !== 'payment-required'));
        if (found.link === null) return;
        ok(found.link.amount > 0n && found.link.amount <= MAX_SUPPLY);
        notEqual(found.link.payTo, BURN_ADDRESS);
      });
      fc.assert(property, { numRuns: cases });
    },
  },
];

async function provenBy(
  offer: Offer,
): Promise<{ readonly proof: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const sign = ({ kind, text }: { readonly kind: string; readonly text: string }) => {
    asked.push(`${kind} ${text}`);
    return '5a'.repeat(64);
  };
  if (!isHandOver(offer)) {
    ok(payFirstMechanisms.has(offer.mechanism));
    return { proof: await makeProof(offer, { hash: block.previous, account: block.account, sign }), asked };
  }
  return { proof: await makeProof(offer, { block: { ...block, link: publicKeyOf(offer.payTo) } }), asked };
}
