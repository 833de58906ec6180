import * as v from 'valibot';
import type { BlockStatus, HandedOverBlock, Money, Order } from '../../src/conformance/ports.ts';
import { parseAddress } from '../../src/nano/account.ts';
import { BlockHashText, type SignedBlock, SignedBlockText } from '../../src/nano/block.ts';
import { readAddress } from '../devnet/address.ts';
import type { BlockJson } from '../devnet/block.ts';
import type { Devnet } from '../devnet/devnet.ts';
import { readHex32, ZERO } from '../devnet/hex.ts';
import type { Payer } from '../merchant/testing/payer.ts';

/** Somebody's money on the devnet, as probes spend it. What is published is confirmed only when that is waited for. */
export function devnetMoney(devnet: Devnet, payer: Payer): Money {
  const account = parseAddress(payer.address);
  return {
    account,
    pay: async ({ to, amount }) => v.parse(BlockHashText, await payer.pay(to, amount)),
    async publish({ to, amount }) {
      devnet.faults.set({ kind: 'never_confirm', account, times: 1 });
      return v.parse(BlockHashText, await payer.send(to, amount));
    },
    confirmed: async (hash) => devnet.elections.confirm(devnet.ledger.find(hash).hash),
    statusOf: async (hash) => statusOf(devnet, hash),
    sign: async ({ kind, text }) => (kind === 'plain' ? payer.sign(text) : payer.signOffChain(text)),
    handOver: (order) => handedOverBlockOf(devnet, payer, order),
  };
}

async function handedOverBlockOf(
  devnet: Devnet,
  payer: Payer,
  { to, amount }: Order,
): Promise<HandedOverBlock> {
  const { hash, block } = await payer.signSend(to, amount);
  const out: string[] = [hash];
  const head = () => devnet.ledger.head(devnet.ledger.find(block.previous).block.account)?.hash;
  return {
    block: signed(block),
    async conflicting() {
      const representative = readAddress(to);
      if (representative === undefined) throw new RangeError(`not an address: ${to}`);
      const other = await payer.signSend(to, amount, { representative });
      out.push(other.hash);
      return signed(other.block);
    },
    async recall() {
      if (out.some((one) => statusOf(devnet, one) !== 'unknown')) return 'published';
      // Any block in its place will do: a change pays nobody.
      if (head() === block.previous)
        await payer.publish(await payer.signSend(payer.address, 0n, { link: ZERO }));
      return 'recalled';
    },
  };
}

const signed = (block: BlockJson): SignedBlock => v.parse(SignedBlockText, block);

function statusOf({ ledger }: Devnet, text: string): BlockStatus {
  const hash = readHex32(text);
  const entry = hash === undefined ? undefined : ledger.entry(hash);
  if (entry === undefined) return 'unknown';
  return ledger.isConfirmed(entry) ? 'confirmed' : 'unconfirmed';
}
