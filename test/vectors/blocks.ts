import { deepEqual, equal, ok } from 'node:assert/strict';
import * as v from 'valibot';
import { addressOf, type PublicKey, publicKeyOf, readAddress } from '../../src/nano/account.ts';
import { type Raw, RawText, subtractRaw, ZERO } from '../../src/nano/amount.ts';
import {
  buildChange,
  buildReceive,
  buildSend,
  type ChainHead,
  hashBlock,
  type OpenHead,
  preimageOf,
  type SignedBlock,
  SignedBlockText,
  type StateBlock,
  SUBTYPES,
  signBlock,
  toRpc,
  verifySignature,
  workRootOf,
  ZERO_HASH,
} from '../../src/nano/block.ts';
import type { PrivateKey } from '../../src/nano/ed25519.ts';
import { hexOf } from '../../src/nano/hex.ts';
import { MAINNET, thresholdFor } from '../../src/nano/network.ts';
import { NodeClient } from '../../src/nano/node-client.ts';
import type { CheckerTable } from './checker.ts';

const text = v.string();
const unsigned = { type: 'state', signature: '0'.repeat(128), work: '0'.repeat(16) };

const Block = v.looseObject({ link_as_account: v.optional(text) });

const Doc = v.object({ name: text, block: Block, hash: text, signatureValid: v.boolean() });

const Own = v.object({
  name: text,
  subtype: v.picklist(SUBTYPES),
  privateKey: text,
  input: v.pipe(
    v.looseObject({}),
    v.transform((input) => ({ ...unsigned, ...input })),
    SignedBlockText,
    v.transform(({ signature: _s, work: _w, ...block }): StateBlock => block),
  ),
  preimage: text,
  hash: text,
  signature: text,
  workRoot: text,
  workThresholdMainnet: text,
  processJson: v.looseObject({ block: v.looseObject({ work: text }) }),
  sentRaw: v.optional(RawText),
});
type Own = v.InferOutput<typeof Own>;

const StateBlocks = v.object({
  preamble: v.optional(text),
  docs: v.optional(v.array(Doc), []),
  own: v.optional(v.array(Own), []),
});

/** The sections of `blocks.json`. */
export const blockCheckers: CheckerTable = {
  stateBlocks: (section) => {
    const { preamble, docs, own } = v.parse(StateBlocks, section);
    return [
      ...docs.map((doc) => ({ name: doc.name, run: () => checkDoc(doc) })),
      ...own.map((vector) => ({
        name: vector.name,
        run: () => {
          if (preamble !== undefined) ok(vector.preimage.startsWith(preamble));
          return checkOwn(vector, own);
        },
      })),
    ];
  },
};

function checkDoc({ block: json, hash, signatureValid }: v.InferOutput<typeof Doc>): void {
  const block = v.parse(SignedBlockText, json);
  equal(hashBlock(block), hash.toUpperCase());
  equal(verifySignature(block, publicKeyOf(block.account)), signatureValid);
  deepEqual(v.parse(SignedBlockText, toRpc(block)), block);
  if (json.link_as_account === undefined) return;
  equal(toRpc(block).link_as_account, readAddress(json.link_as_account)?.address);
}

async function checkOwn(vector: Own, all: readonly Own[]): Promise<void> {
  const { input, subtype } = vector;
  equal(hexOf(preimageOf(input)), vector.preimage.toUpperCase());
  equal(hashBlock(input), vector.hash.toUpperCase());

  const signed = signBlock(input, vector.privateKey.toLowerCase() as PrivateKey);
  equal(signed.signature, vector.signature.toUpperCase());
  ok(verifySignature(signed, publicKeyOf(input.account)));

  const before = all.find(({ hash }) => hash.toUpperCase() === input.previous)?.input;
  deepEqual(rebuilt(vector, before?.balance), input);
  equal(workRootOf(headBelow(input, input.balance)), vector.workRoot.toUpperCase());
  equal(thresholdFor(MAINNET, subtype), vector.workThresholdMainnet.toLowerCase());

  const { work } = vector.processJson.block;
  const placeholder = /^[0-9a-f]{16}$/.test(work) ? work : unsigned.work;
  const sent = await processRequest({ ...signed, work: placeholder }, subtype);
  deepEqual(sent, {
    ...vector.processJson,
    block: { ...vector.processJson.block, work: placeholder },
  });
}

/** The block made anew by the function that is there for its subtype. */
function rebuilt({ input, subtype, sentRaw }: Own, before: Raw | undefined): StateBlock {
  switch (subtype) {
    case 'send': {
      const amount = sentRaw ?? (before === undefined ? ZERO : subtractRaw(before, input.balance));
      if (before !== undefined) equal(before - input.balance, amount);
      const head = openHeadBelow(input, (input.balance + amount) as Raw);
      return buildSend(head, { to: addressOf(input.link as PublicKey), amount });
    }
    case 'open':
    case 'receive': {
      const head = headBelow(input, before ?? ZERO);
      const amount = subtractRaw(input.balance, head.kind === 'open' ? head.balance : ZERO);
      const source = v.parse(
        v.custom<OpenHead['hash']>((link) => typeof link === 'string'),
        input.link,
      );
      equal(head.kind === 'unopened', subtype === 'open');
      return buildReceive(head, { source, amount, representative: input.representative });
    }
    case 'change':
      return buildChange(openHeadBelow(input, before ?? input.balance), input.representative);
  }
}

const headBelow = (block: StateBlock, balance: Raw): ChainHead =>
  block.previous === ZERO_HASH ? { kind: 'unopened', account: block.account } : openHeadBelow(block, balance);

const openHeadBelow = ({ account, previous, representative }: StateBlock, balance: Raw): OpenHead => ({
  kind: 'open',
  account,
  hash: previous,
  balance,
  representative,
  confirmed: true,
});

/** What the node client really sends for a block. */
async function processRequest(block: SignedBlock, subtype: Own['subtype']): Promise<unknown> {
  const requests: unknown[] = [];
  const node = NodeClient.at({
    rpcUrls: ['http://node.test/'],
    timeoutMs: 10_000,
    now: Date.now,
    fetch: async (_url, init) => {
      requests.push(JSON.parse(String(init?.body)));
      return Response.json({ hash: hashBlock(block) });
    },
  });
  deepEqual(await node.process(block, subtype), { kind: 'accepted', hash: hashBlock(block) });
  return requests[0];
}
