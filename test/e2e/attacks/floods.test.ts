import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Fields, type NodeProxy, type ProxyFault, startProxy } from '../../devnet/proxy.ts';
import { PAID_MARKER } from '../../merchant/pages/layout.ts';
import { openTestBed, type TestBed, XNO } from '../setup.ts';

const FLOOD = 55_000;
/** How many payments the purse looks at in one look. */
const BATCH = 32;
const PASSWORD = 'correct horse battery staple';
/** Payments to the purse that never were, by hash. */
const invented = Object.fromEntries(
  Array.from({ length: FLOOD }, (_, at) => [(at + 1).toString(16).padStart(64, '0').toUpperCase(), '9']),
);
/** How often the node reported them. */
let reports = 0;
const flood: ProxyFault = {
  kind: 'twist',
  action: 'receivable',
  twist() {
    reports += 1;
    return { blocks: invented };
  },
};

let testBed: TestBed;
let node: NodeProxy;

beforeAll(async () => {
  testBed = await openTestBed({
    async line(devnet) {
      node = await startProxy(devnet);
      return { rpcUrls: [node.rpcUrl], wsUrl: node.wsUrl };
    },
  });
  // Every payment counts, so that nothing but its proof keeps one out.
  await testBed.purse.ask('settings.leastReceived', { amount: '0' });
  await testBed.purse.until('purse.state', {}, (state) => state.kind === 'open' && state.balance !== null);
});
afterAll(async () => {
  await testBed?.close();
  await node?.close();
});
afterEach(() => node.set());

const isInvented = ({ action, hash }: Fields) => action === 'block_info' && String(hash) in invented;
const asked = (from: number) => node.requests.slice(from).filter(isInvented).length;
/** The invented payments that were asked about: on a slow line more than once each. */
const lookedAt = (from: number) =>
  new Set(
    node.requests
      .slice(from)
      .filter(isInvented)
      .map(({ hash }) => hash),
  ).size;

test('a node that reports 55,000 incoming payments is asked about 32 at a time, and payments go on', async () => {
  const { purse } = testBed;
  const mark = await testBed.mark();
  const from = node.requests.length;
  reports = 0;
  node.set(flood);
  await purse.ask('purse.refresh', {});
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.trouble?.key === 'fault_sourceUnproven',
  );
  const page = await purse.newPage();
  void page.goto(testBed.at('/article')).catch(() => undefined);
  await (await purse.nextApproval()).approve();
  await page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  expect(lookedAt(from)).toBeGreaterThan(0);
  expect(lookedAt(from)).toBeLessThanOrEqual(BATCH * reports);
  await page.close();
});

test('a purse that is locked during a flood sends its node no more requests', async () => {
  const { purse } = testBed;
  const from = node.requests.length;
  let lockedAt = 0;
  node.set(flood, {
    kind: 'twist',
    action: 'block_info',
    twist: async (answer, request) => {
      if (lockedAt === 0 && isInvented(request) && asked(from) >= 3) {
        lockedAt = node.requests.length;
        await purse.ask('vault.lock', {});
        lockedAt = node.requests.length;
      }
      return answer;
    },
  });
  void purse.ask('purse.refresh', {}).catch(() => undefined);
  await expect.poll(() => lockedAt).toBeGreaterThan(0);
  await purse.until('purse.state', {}, ({ kind }) => kind === 'locked');
  node.set();
  await purse.ask('vault.unlock', { password: PASSWORD });
  // Money that comes now is taken in: the look after the flood has been through.
  await testBed.devnet.faucet(purse.account, XNO);
  const before = 10n * XNO;
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && BigInt(state.balance ?? 0) > before && state.trouble === null,
  );
  expect(asked(lockedAt)).toBe(0);
});
