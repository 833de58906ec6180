import { ed25519 } from '@noble/curves/ed25519.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from './address.ts';
import { verify } from './crypto.ts';
import { type Devnet, startDevnet } from './devnet.ts';
import { fromHex, type Hash, toHex, ZERO } from './hex.ts';
import { ask, type ReadyBlock, TestAccount, testKey } from './test-account.ts';
import { difficultyOf, findWork, hex64, noWork } from './work.ts';

const XNO = 10n ** 30n;

let devnet: Devnet;
let payer: TestAccount;
let payee: TestAccount;

beforeEach(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
  payer = new TestAccount(devnet.ledger, testKey(1));
  payee = new TestAccount(devnet.ledger, testKey(2));
});

afterEach(() => devnet.close());

const publish = (block: ReadyBlock, subtype?: string) =>
  ask(devnet.rpcUrl, {
    action: 'process',
    json_block: 'true',
    block: block.json,
    ...(subtype && { subtype }),
  });

const refused = (error: string) => ({ error });

/** The commitment to a scalar below 256, and the scalar as response. */
const signatureOf = (scalar: bigint): string =>
  toHex(ed25519.Point.BASE.multiply(scalar).toBytes()) + toHex(Uint8Array.of(Number(scalar))).padEnd(64, '0');

/** Gives the payer one XNO, received and confirmed. */
async function openPayer(): Promise<ReadyBlock> {
  const open = await payer.receive((await devnet.faucet(payer.address, XNO)) as Hash);
  expect(await publish(open, 'open')).toEqual({ hash: open.hash });
  return open;
}

/** Work for the root that is good for a receive and too weak for a send. */
async function receiveWork(root: Hash): Promise<bigint> {
  for (;;) {
    const work = await findWork(root, devnet.ledger.thresholds.receive);
    if (difficultyOf(work, root) < devnet.ledger.thresholds.send) return work;
  }
}

/** Work that is good for nothing. */
const lazily = (root: Hash): bigint => noWork(root, devnet.ledger.thresholds.receive);

describe('a good block', () => {
  test('is taken: open, send, receive, change, send of everything', async () => {
    await openPayer();
    const send = await payer.send(payee.key, XNO / 4n);
    expect(await publish(send, 'send')).toEqual({ hash: send.hash });
    const open = await payee.receive(send.hash);
    expect(await publish(open, 'open')).toEqual({ hash: open.hash });
    const change = await payer.change(payee.key);
    expect(await publish(change, 'change')).toEqual({ hash: change.hash });
    const rest = await payer.send(payee.key, (XNO / 4n) * 3n);
    expect(await publish(rest, 'send')).toEqual({ hash: rest.hash });
    const receive = await payee.receive(rest.hash);
    expect(await publish(receive, 'receive')).toEqual({ hash: receive.hash });

    expect(devnet.ledger.head(payer.key)?.block).toMatchObject({ balance: 0n, representative: payee.key });
    expect(devnet.ledger.head(payee.key)?.block.balance).toBe(XNO);
    expect(devnet.ledger.chain(payer.key).map(({ subtype }) => subtype)).toEqual([
      'receive',
      'send',
      'change',
      'send',
    ]);
    expect(devnet.stats.accepted).toBe(6);
  });

  test('may come as a string without json_block, and with lower-case hex', async () => {
    const { json, hash } = await payer.receive((await devnet.faucet(payer.address, XNO)) as Hash);
    const block = JSON.stringify({
      ...json,
      link: json.link.toLowerCase(),
      signature: json.signature.toLowerCase(),
    });
    expect(await ask(devnet.rpcUrl, { action: 'process', block })).toEqual({ hash });
  });
});

describe('a request that makes no block', () => {
  const process = (fields: object) => ask(devnet.rpcUrl, { action: 'process', ...fields });

  test('an object without json_block', async () => {
    const { json } = await payer.change(payee.key);
    expect(await process({ block: json })).toEqual(refused('Block is invalid'));
  });

  test.each([
    ['type', 'send'],
    ['account', 'nano_1'],
    ['previous', 'zz'],
    ['balance', '-1'],
    ['balance', '01'],
    ['balance', (1n << 128n).toString()],
    ['balance', undefined],
    ['representative', 'nobody'],
    ['link', 'zz'],
    ['signature', 'f'.repeat(129)],
    ['work', '0'.repeat(17)],
  ])('a block whose %s is %s', async (name, value) => {
    const { json } = await payer.change(payee.key);
    expect(await process({ json_block: 'true', block: { ...json, [name]: value } })).toEqual(
      refused('Block is invalid'),
    );
  });
});

describe('the subtype is checked before anything else', () => {
  test('the same send again is not "Old block"', async () => {
    await openPayer();
    const send = await payer.send(payee.key, 1n);
    await publish(send, 'send');
    expect(await publish(send, 'send')).toEqual(refused('Invalid block balance for given subtype'));
    expect(await publish(send)).toEqual(refused('Old block'));
    expect(devnet.ledger.chain(payer.key)).toHaveLength(2);
  });

  test('each subtype against what the block does', async () => {
    const open = await openPayer();
    const send = await payer.send(payee.key, 1n);
    const change = await payer.change(payee.key);
    expect(await publish(send, 'receive')).toEqual(refused('Invalid block balance for given subtype'));
    expect(await publish(send, 'change')).toEqual(refused('Invalid block balance for given subtype'));
    expect(await publish(send, 'epoch')).toEqual(refused('Invalid block balance for given subtype'));
    expect(await publish(change, 'send')).toEqual(refused('Invalid block balance for given subtype'));
    expect(await publish(change, 'open')).toEqual(refused('Invalid previous block for given subtype'));
    expect(await publish(change, 'epoch')).toEqual(refused('Invalid epoch link'));
    expect(await publish(open, 'change')).toEqual(refused('Invalid previous block for given subtype'));
    expect(await publish(change, 'gift')).toEqual(refused('Invalid block subtype'));
    expect(devnet.ledger.chain(payer.key)).toHaveLength(1);
  });

  test('an unknown previous: the gap with a subtype, the work without', async () => {
    await openPayer();
    const previous = testKey(0xabc);
    const block = await payer.block({ previous, balance: 0n, link: payee.key }, lazily(previous));
    expect(await publish(block, 'send')).toEqual(refused('Gap previous block'));
    expect(await publish(block)).toEqual(refused('Block work is less than threshold'));
    expect(await publish(await payer.block({ previous, balance: 0n, link: payee.key }))).toEqual(
      refused('Gap previous block'),
    );
  });
});

describe('work', () => {
  test('below the lowest threshold is refused before the signature is checked', async () => {
    const { hash } = await openPayer();
    const block = await payer.block({ balance: 0n, link: payee.key }, lazily(hash));
    const forged = { ...block, json: { ...block.json, signature: '0'.repeat(128) } };
    expect(await publish(forged, 'send')).toEqual(refused('Block work is less than threshold'));
  });

  test('of a receive is insufficient for a send and for a change', async () => {
    const { hash } = await openPayer();
    const work = await receiveWork(hash);
    const send = await payer.block({ balance: XNO - 1n, link: payee.key }, work);
    expect(await publish(send, 'send')).toEqual(refused('Block work is insufficient'));
    expect(await publish(await payer.block({ representative: payee.key }, work), 'change')).toEqual(
      refused('Block work is insufficient'),
    );
  });

  test('of a receive opens an account', async () => {
    const link = (await devnet.faucet(payer.address, XNO)) as Hash;
    const block = await payer.block({ balance: XNO, link }, await receiveWork(payer.key));
    expect(await publish(block, 'open')).toEqual({ hash: block.hash });
  });

  test('at live thresholds a development network’s work is not enough', async () => {
    const live = await startDevnet({ liveWork: true, confirmationDelayMs: 0 });
    try {
      const account = new TestAccount(live.ledger, testKey(1));
      const link = (await live.faucet(account.address, XNO)) as Hash;
      const work = await findWork(account.key, 0xffc0000000000000n);
      const { json } = await account.block({ balance: XNO, link }, work);
      expect(hex64(live.ledger.thresholds.receive)).toBe('fffffe0000000000');
      expect(await ask(live.rpcUrl, { action: 'process', json_block: 'true', block: json })).toEqual(
        refused('Block work is less than threshold'),
      );
    } finally {
      await live.close();
    }
  });
});

describe('the ledger refuses', () => {
  test('a signature of another key', async () => {
    await openPayer();
    const block = await payee.block({
      account: payer.key,
      previous: devnet.ledger.head(payer.key)?.hash ?? ZERO,
    });
    expect(await publish(block)).toEqual(refused('Bad signature'));
  });

  test('another block on the same previous', async () => {
    await openPayer();
    const one = await payer.send(payee.key, 1n);
    const other = await payer.send(payee.key, 2n);
    expect(await publish(one, 'send')).toEqual({ hash: one.hash });
    expect(await publish(other, 'send')).toEqual(refused('Fork'));
  });

  test('a second opening', async () => {
    const link = (await devnet.faucet(payer.address, XNO)) as Hash;
    const one = await payer.receive(link);
    const other = await payer.block({ balance: XNO, link, representative: payee.key });
    expect(await publish(one)).toEqual({ hash: one.hash });
    expect(await publish(other)).toEqual(refused('Fork'));
  });

  test('a previous in an account that is not open', async () => {
    const { hash } = await openPayer();
    expect(await publish(await payee.block({ previous: hash }))).toEqual(refused('Gap previous block'));
  });

  test('an unknown source, and an opening without one', async () => {
    await openPayer();
    const unknown = await payer.block({ balance: XNO + 1n, link: testKey(0xabc) });
    expect(await publish(unknown, 'receive')).toEqual(refused('Gap source block'));
    expect(await publish(await payee.block({ balance: 1n }), 'open')).toEqual(refused('Gap source block'));
  });

  test('a source for somebody else, or received already', async () => {
    await openPayer();
    const send = await payer.send(payee.key, 5n);
    await publish(send, 'send');
    const theft = await payer.block({ balance: XNO, link: send.hash });
    expect(await publish(theft, 'receive')).toEqual(refused('Unreceivable'));
    const open = await payee.receive(send.hash);
    await publish(open, 'open');
    expect(await publish(await payee.receive(send.hash), 'receive')).toEqual(refused('Unreceivable'));
  });

  test('a receive of more or less than was sent, and money from nowhere', async () => {
    await openPayer();
    const send = await payer.send(payee.key, 5n);
    await publish(send, 'send');
    for (const balance of [4n, 6n]) {
      expect(await publish(await payee.block({ balance, link: send.hash }), 'open')).toEqual(
        refused('Balance and amount delta do not match'),
      );
    }
    expect(await publish(await payer.block({ balance: XNO }), 'receive')).toEqual(
      refused('Balance and amount delta do not match'),
    );
  });

  test('to open the burn account, even with a signature that verifies', async () => {
    const link = (await devnet.faucet(toAddress(ZERO), 1n)) as Hash;
    const { hash, json } = await payer.block({ account: ZERO, balance: 1n, link });
    // The key is a point of order 4: where the challenge is a multiple of 4, any commitment s·B with response s verifies.
    const forged = Array.from({ length: 64 }, (_, n) => signatureOf(BigInt(n + 1))).find((signature) =>
      verify(signature, fromHex(hash), ZERO),
    );
    expect(forged).toBeDefined();
    expect(
      await ask(devnet.rpcUrl, {
        action: 'process',
        json_block: 'true',
        block: { ...json, signature: forged },
      }),
    ).toEqual(refused('Block attempts to open the burn account'));
  });
});

test('the same block published twice at once is taken once', async () => {
  await openPayer();
  const send = await payer.send(payee.key, 1n);
  const answers = await Promise.all([publish(send), publish(send)]);
  expect(answers).toContainEqual({ hash: send.hash });
  expect(answers).toContainEqual(refused('Old block'));
});
