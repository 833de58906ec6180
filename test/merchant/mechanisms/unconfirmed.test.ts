import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorIn, openTestBed, present, quote, signed, type TestBed } from '../testing/test-bed.ts';

let testBed: TestBed;
beforeEach(async () => {
  testBed = await openTestBed({ patience: { attempts: 2, intervalMs: 5 } });
});
afterEach(() => testBed.close());

const proofOf = (hash: string, url: string) => ({ proof: hash, signature: testBed.payer.sign(hash + url) });

test.each(['nanoSession', 'nanoSignature'])(
  'T23: %s waits for the confirmation, and grants when it comes',
  async (mechanism) => {
    const { devnet, merchant, payer } = testBed;
    const url = `${merchant.origin}/api/private?mechanism=${mechanism}`;
    const entry = await quote(url);
    devnet.faults.set({ kind: 'never_confirm', times: 1 });
    const hash = await payer.send(entry.payTo, BigInt(entry.amount));
    const paymentSignature = signed(entry, proofOf(hash, url));
    const early = await present(url, paymentSignature);
    expect(early.status).toBe(402);
    expect(await errorIn(early)).toBe('Block not confirmed');
    expect(merchant.books().payments).toEqual([]);

    devnet.elections.delayMs = 0;
    devnet.elections.confirm(hash);
    expect((await present(url, paymentSignature)).status).toBe(200);
  },
);

test.each([
  ['nymChallenge', 'Block not confirmed'],
  ['trackB', 'UNCONFIRMED_BLOCK'],
])('T23: %s too', async (mechanism, error) => {
  const { devnet, merchant, payer } = testBed;
  const url = `${merchant.origin}/api/private?mechanism=${mechanism}`;
  const entry = await quote(url);
  const { challenge, nonce, validBefore } = entry.extra;
  devnet.faults.set({ kind: 'never_confirm', times: 1 });
  const hash = await payer.send(entry.payTo, BigInt(entry.amount));
  const blockHash = hash.toLowerCase();
  const { challengeId } = Object(challenge);
  const settlement = { version: 'ns8', mechanism: 'nano-nym-exact', mode: 'settle', challengeId };
  const paymentSignature = signed(entry, {
    ...(mechanism === 'nymChallenge'
      ? { ...settlement, sendHash: hash, payerAccount: payer.address }
      : {
          blockHash,
          account: payer.address,
          signature: payer.signOffChain(`${blockHash}:${nonce}:${validBefore}`),
        }),
  });
  const early = await present(url, paymentSignature);
  expect([early.status, await errorIn(early)]).toEqual([402, error]);
  expect(merchant.books().payments).toEqual([]);
  devnet.elections.confirm(hash);
  expect((await present(url, paymentSignature)).status).toBe(200);
});

test('a receive that is slow to confirm is not lost: the same proof finds it again', async () => {
  const { devnet, merchant, payer } = testBed;
  const url = `${merchant.origin}/api/private?mechanism=nanoSignature`;
  const entry = await quote(url);
  const hash = await payer.pay(entry.payTo, BigInt(entry.amount));
  const paymentSignature = signed(entry, proofOf(hash, url));
  devnet.faults.set({ kind: 'never_confirm', times: 1 });
  const early = await present(url, paymentSignature);
  expect(early.status).toBe(402);
  expect(await errorIn(early)).toBe('Failed to settle (receive) block: Block not confirmed');

  const receive = devnet.ledger.receiptOf(devnet.ledger.find(hash).hash);
  if (receive === undefined) throw new Error('no receive was published');
  devnet.elections.confirm(receive);
  expect((await present(url, paymentSignature)).status).toBe(200);
  expect(merchant.books().payments).toMatchObject([{ hash, receiveHash: receive }]);
});

test('a node that cannot be asked is a server error, and the proof stays good', async () => {
  const { devnet, merchant, payer } = testBed;
  const url = `${merchant.origin}/api/private`;
  const entry = await quote(url);
  const proof = await payer.pay(entry.payTo, BigInt(entry.amount));
  devnet.faults.set({ kind: 'http_status', status: 503, action: 'block_info', times: 1 });
  const broken = await present(url, signed(entry, { proof }));
  expect(broken.status).toBe(500);
  expect(await errorIn(broken)).toBe('Verification error on server');
  const reason = expect.stringMatching(/^No Nano node answered: .*503/);
  expect(merchant.books().refusals).toMatchObject([{ status: 500, route: '/api/private', reason }]);
  expect((await present(url, signed(entry, { proof }))).status).toBe(200);
});

test('a receive whose reply is lost is found by its hash', async () => {
  const { devnet, merchant, payer } = testBed;
  const url = `${merchant.origin}/api/private?mechanism=nanoSignature`;
  const entry = await quote(url);
  const hash = await payer.pay(entry.payTo, BigInt(entry.amount));
  const paymentSignature = signed(entry, proofOf(hash, url));
  devnet.elections.delayMs = 0;
  devnet.faults.set({ kind: 'drop_reply_after_accepting', action: 'process', times: 1 });
  expect((await present(url, paymentSignature)).status).toBe(500);
  expect((await present(url, paymentSignature)).status).toBe(200);
});
