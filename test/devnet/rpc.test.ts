import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from './address.ts';
import { type Devnet, startDevnet } from './devnet.ts';
import { type Hash, ZERO } from './hex.ts';
import { ask, TestAccount, testKey } from './test-account.ts';
import { difficultyOf } from './work.ts';

const XNO = 10n ** 30n;
const NOBODY = toAddress(testKey(0xabc));

let devnet: Devnet;
let alice: TestAccount;
let bob: TestAccount;

beforeEach(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
  alice = new TestAccount(devnet.ledger, testKey(1));
  bob = new TestAccount(devnet.ledger, testKey(2));
});

afterEach(() => devnet.close());

const rpc = (action: string, fields: object = {}) => ask(devnet.rpcUrl, { action, ...fields });
const publish = (block: { readonly json: object }) =>
  rpc('process', { json_block: 'true', block: block.json });

async function fund(account: TestAccount, raw: bigint): Promise<Hash> {
  return (await devnet.faucet(account.address, raw)) as Hash;
}

async function open(account: TestAccount, raw: bigint): Promise<Hash> {
  const block = await account.receive(await fund(account, raw));
  expect(await publish(block)).toEqual({ hash: block.hash });
  return block.hash;
}

describe('HTTP', () => {
  const post = (body: string) => fetch(devnet.rpcUrl, { method: 'POST', body });

  test('responds with 200 and open CORS headers to every request', async () => {
    for (const body of ['{"action":"version"}', '{"action":"nonsense"}', 'nonsense']) {
      const response = await post(body);
      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('content-type')).toBe('application/json');
    }
    const preflight = await fetch(devnet.rpcUrl, { method: 'OPTIONS' });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Content-Type');
  });

  test.each([
    ['nonsense', 'Unable to parse JSON'],
    ['[]', 'Unable to parse JSON'],
    ['{}', 'Unable to parse JSON'],
    ['{"action":"account_info"}', 'Unable to parse JSON'],
    ['{"action":"nonsense"}', 'Unknown command'],
    ['{"action":"account_info","account":"nano_1"}', 'Bad account number'],
    [`{"action":"account_info","account":"${NOBODY}"}`, 'Account not found'],
    ['{"action":"block_info","hash":"zz"}', 'Invalid block hash'],
    ['{"action":"block_info","hash":"00"}', 'Block not found'],
    ['{"action":"blocks_info","hashes":["zz"]}', 'Bad hash number'],
    ['{"action":"blocks_info","hashes":["00"]}', 'Block not found'],
    ['{"action":"accounts_balances","accounts":[]}', 'Empty response'],
    [`{"action":"receivable","account":"${NOBODY}","count":"x"}`, 'Invalid count'],
    [`{"action":"receivable","account":"${NOBODY}","threshold":"x"}`, 'Bad threshold number'],
    [`{"action":"account_history","account":"${NOBODY}","count":"0"}`, 'Invalid count'],
    ['{"action":"work_validate","hash":"00","work":"zz"}', 'Bad work'],
    ['{"action":"work_generate","hash":"00","difficulty":"zz"}', 'Bad difficulty'],
  ])('%s → %s', async (body, error) => {
    expect(await (await post(body)).json()).toEqual({ error });
  });

  test('refuses GET with an explanation', async () => {
    expect(await (await fetch(devnet.rpcUrl)).json()).toEqual({ error: 'Can only POST requests' });
  });
});

describe('account_info', () => {
  test('returns the representative only on request, and the confirmed state beside the newest', async () => {
    const first = await open(alice, XNO);
    devnet.faults.set({ kind: 'never_confirm', account: alice.address });
    const send = await alice.send(bob.key, 1n);
    await publish(send);
    await fund(alice, 7n);

    const plain = await rpc('account_info', { account: alice.address });
    expect(plain).toEqual({
      frontier: send.hash,
      open_block: first,
      representative_block: send.hash,
      balance: String(XNO - 1n),
      modified_timestamp: expect.stringMatching(/^\d{10}$/),
      block_count: '2',
      account_version: '2',
      confirmation_height: '1',
      confirmation_height_frontier: first,
    });
    const full = await rpc('account_info', {
      account: alice.address.replace('nano_', 'xrb_'),
      representative: 'true',
      receivable: true,
      weight: '1',
      include_confirmed: 'true',
    });
    expect(full).toMatchObject({
      confirmed_balance: String(XNO),
      confirmed_height: '1',
      confirmed_frontier: first,
      representative: alice.address,
      confirmed_representative: alice.address,
      weight: String(XNO - 1n),
      pending: '7',
      receivable: '7',
      confirmed_receivable: '7',
    });
    expect(full).not.toHaveProperty('confirmation_height');
  });
});

describe('balances', () => {
  test('are the confirmed ones unless told otherwise, with errors apart', async () => {
    await open(alice, XNO);
    devnet.faults.set({ kind: 'never_confirm' });
    await publish(await alice.send(bob.key, 3n));
    const accounts = [alice.address, bob.address, 'nano_1'];
    expect(await rpc('accounts_balances', { accounts })).toEqual({
      balances: {
        [alice.address]: { balance: String(XNO), pending: '0', receivable: '0' },
        [bob.address]: { balance: '0', pending: '0', receivable: '0' },
      },
      errors: { nano_1: 'Bad account number' },
    });
    expect(
      await rpc('accounts_balances', { accounts: [bob.address], include_only_confirmed: 'false' }),
    ).toEqual({
      balances: { [bob.address]: { balance: '0', pending: '3', receivable: '3' } },
    });
    expect(
      await rpc('account_balance', { account: alice.address, include_only_confirmed: 'false' }),
    ).toMatchObject({
      balance: String(XNO - 3n),
    });
  });

  test('account_representative', async () => {
    await open(alice, XNO);
    expect(await rpc('account_representative', { account: alice.address })).toEqual({
      representative: alice.address,
    });
  });
});

describe('receivable', () => {
  test('has three shapes, and the empty string for nothing', async () => {
    const account = alice.address;
    expect(await rpc('receivable', { account, count: '10' })).toEqual({ blocks: '' });
    const small = await fund(alice, 1n);
    const large = await fund(alice, 5n);
    const source = toAddress(devnet.ledger.genesis);
    expect(await rpc('receivable', { account, count: '10' })).toEqual({ blocks: [small, large].sort() });
    expect(await rpc('receivable', { account, threshold: '2' })).toEqual({ blocks: { [large]: '5' } });
    expect(await rpc('receivable', { account, source: 'true', sorting: 'true', count: '1' })).toEqual({
      blocks: { [large]: { amount: '5', source } },
    });
    const sorted = await rpc('receivable', { account, sorting: 'true' });
    expect(JSON.stringify(sorted)).toBe(JSON.stringify({ blocks: { [large]: '5', [small]: '1' } }));
    expect(
      await rpc('accounts_receivable', { accounts: [account, bob.address], count: '1', threshold: '1' }),
    ).toEqual({
      blocks: { [account]: { [[small, large].sort()[0] ?? '']: small < large ? '1' : '5' } },
    });
    expect(await rpc('accounts_receivable', { accounts: [bob.address] })).toEqual({ blocks: '' });
  });

  test('returns unconfirmed sends only on request', async () => {
    devnet.faults.set({ kind: 'never_confirm' });
    const hash = await fund(alice, 5n);
    const account = alice.address;
    expect(await rpc('receivable', { account })).toEqual({ blocks: '' });
    expect(
      await rpc('receivable', { account, include_only_confirmed: 'false', include_active: 'true' }),
    ).toEqual({
      blocks: [hash],
    });
    expect(await rpc('receivable_exists', { hash })).toEqual({ exists: '0' });
    await rpc('devnet_confirm', { hash });
    expect(await rpc('receivable_exists', { hash })).toEqual({ exists: '1' });
    await publish(await alice.receive(hash));
    expect(await rpc('receivable_exists', { hash })).toEqual({ exists: '0' });
    expect(await rpc('receivable_exists', { hash: ZERO })).toEqual({ error: 'Block not found' });
  });
});

describe('blocks', () => {
  test('block_info tells all, with the contents as JSON or as text', async () => {
    await open(alice, XNO);
    const send = await alice.send(bob.key, 3n);
    await publish(send);
    const info = await rpc('block_info', { hash: send.hash, json_block: 'true' });
    expect(info).toEqual({
      block_account: alice.address,
      amount: '3',
      balance: String(XNO - 3n),
      height: '2',
      local_timestamp: expect.stringMatching(/^\d{10}$/),
      successor: ZERO,
      confirmed: 'true',
      contents: send.json,
      subtype: 'send',
    });
    const { contents } = Object(await rpc('block_info', { hash: send.json.previous }));
    expect(JSON.parse(contents)).toMatchObject({ type: 'state', account: alice.address, previous: ZERO });
    expect(await rpc('block_info', { hash: send.json.previous })).toMatchObject({
      successor: send.hash,
      subtype: 'receive',
    });
  });

  test('blocks_info tells of several and what they led to', async () => {
    await open(alice, XNO);
    const send = await alice.send(bob.key, 3n);
    await publish(send);
    const wants = { json_block: 'true', receivable: 'true', receive_hash: 'true', source: 'true' };
    expect(await rpc('blocks_info', { hashes: [send.hash], ...wants })).toMatchObject({
      blocks: {
        [send.hash]: { receivable: '1', receive_hash: ZERO, source_account: '0', contents: send.json },
      },
    });
    const receive = await bob.receive(send.hash);
    await publish(receive);
    const hashes = [send.hash, receive.hash, ZERO];
    expect(await rpc('blocks_info', { hashes, ...wants, include_not_found: 'true' })).toMatchObject({
      blocks: {
        [send.hash]: { receivable: '0', receive_hash: receive.hash },
        [receive.hash]: { receivable: '0', source_account: alice.address, subtype: 'receive' },
      },
      blocks_not_found: [ZERO],
    });
  });

  test('account_history, page by page, without changes unless raw', async () => {
    await open(alice, XNO);
    await publish(await alice.change(bob.key));
    const send = await alice.send(bob.key, 3n);
    await publish(send);
    const account = alice.address;
    const history = await rpc('account_history', { account, count: '-1' });
    expect(history).toEqual({ error: 'Invalid count' });
    expect(await rpc('account_history', { account, count: '9' })).toMatchObject({
      account,
      history: [
        { type: 'send', account: bob.address, amount: '3', height: '3', hash: send.hash, confirmed: 'true' },
        { type: 'receive', account: toAddress(devnet.ledger.genesis), amount: String(XNO), height: '1' },
      ],
    });
    const page = Object(await rpc('account_history', { account, count: '1', raw: 'true' }));
    expect(page).toMatchObject({
      history: [{ subtype: 'send', work: send.json.work }],
      previous: send.json.previous,
    });
    const rest = await rpc('account_history', { account, head: page.previous, count: '9', raw: 'true' });
    expect(rest).toMatchObject({ history: [{ subtype: 'change' }, { subtype: 'receive' }] });
    expect(await rpc('account_history', { account, count: '9', reverse: 'true', offset: '1' })).toMatchObject(
      {
        history: [{ height: '3' }],
      },
    );
    expect(await rpc('account_history', { account: NOBODY, count: '1' })).toEqual({
      account: NOBODY,
      history: '',
    });
  });

  test('block_count', async () => {
    await open(alice, XNO);
    devnet.faults.set({ kind: 'never_confirm' });
    await fund(alice, 1n);
    expect(await rpc('block_count')).toEqual({ count: '4', unchecked: '0', cemented: '3' });
  });
});

describe('work', () => {
  const hash = testKey(5);

  test('is computed to the requested difficulty', async () => {
    const easy = Object(await rpc('work_generate', { hash, difficulty: 'f000000000000000' }));
    expect(difficultyOf(BigInt(`0x${easy.work}`), hash) >= 0xf000000000000000n).toBe(true);
    const usual = Object(await rpc('work_generate', { hash }));
    expect(usual).toMatchObject({ hash, work: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(difficultyOf(BigInt(`0x${usual.work}`), hash)).toBe(BigInt(`0x${usual.difficulty}`));
    expect(BigInt(`0x${usual.difficulty}`) >= 0xffc0000000000000n).toBe(true);
    expect(Number(usual.multiplier)).toBeGreaterThanOrEqual(1);
    expect(
      await rpc('work_validate', { hash, work: usual.work, difficulty: 'ffffffffffffffff' }),
    ).toMatchObject({
      valid: '0',
      valid_all: '1',
      valid_receive: '1',
      difficulty: usual.difficulty,
    });
    expect(await rpc('work_validate', { hash, work: usual.work })).not.toHaveProperty('valid');
  });

  test.each(['efffffffffffffff', 'ffffffffffffffff'])(
    'difficulty %s is out of bounds',
    async (difficulty) => {
      expect(await rpc('work_generate', { hash, difficulty })).toEqual({
        error: 'Difficulty above config limit or below publish threshold',
      });
    },
  );

  test('can be cancelled, and can be disabled', async () => {
    const live = await startDevnet({ liveWork: true });
    const job = ask(live.rpcUrl, { action: 'work_generate', hash });
    await expect.poll(() => live.stats.counts().work_generate).toBe(1);
    expect(await ask(live.rpcUrl, { action: 'work_cancel', hash })).toEqual({ success: '' });
    expect(await job).toEqual({ error: 'Cancelled' });
    await live.close();

    const idle = await startDevnet({ workGeneration: false });
    expect(await ask(idle.rpcUrl, { action: 'work_generate', hash })).toEqual({
      error: 'Local work generation is disabled',
    });
    await idle.close();
  });

  test('active_difficulty carries the constants', async () => {
    expect(await rpc('active_difficulty')).toEqual({
      deprecated: '1',
      network_minimum: 'ffc0000000000000',
      network_receive_minimum: 'f000000000000000',
      network_current: 'ffc0000000000000',
      network_receive_current: 'f000000000000000',
      multiplier: '1',
    });
  });
});

describe('itself', () => {
  test('version, telemetry and the profile name the network', async () => {
    const other = await startDevnet({ networkId: 'nano:beta' });
    expect(await ask(other.rpcUrl, { action: 'version' })).toMatchObject({
      network: 'nano:beta',
      rpc_version: '1',
    });
    expect(await ask(other.rpcUrl, { action: 'telemetry' })).toMatchObject({
      active_difficulty: 'ffc0000000000000',
    });
    expect(other.profile).toEqual({
      id: 'nano:beta',
      label: 'Devnet',
      rpcUrls: [other.rpcUrl],
      wsUrl: other.wsUrl,
      thresholds: { send: 'ffc0000000000000', receive: 'f000000000000000' },
      testMoney: true,
    });
    await other.close();
  });

  test('closes at once, with a request and a job under way', async () => {
    const live = await startDevnet({ liveWork: true });
    const job = ask(live.rpcUrl, { action: 'work_generate', hash: testKey(9) });
    await expect.poll(() => live.stats.counts().work_generate).toBe(1);
    await live.close();
    await expect(job).rejects.toThrow('fetch failed');
  });
});
