import { expect, test } from 'vitest';
import type { TransferView } from '../../messages/activity.ts';
import type { PaymentView } from '../../messages/payment.ts';
import { csvHead, csvOf, jsonOf } from './activity-file.ts';

const transfer: TransferView = {
  kind: 'received',
  id: 'AB'.repeat(32),
  at: Date.UTC(2026, 10, 22, 20, 0, 0, 7),
  state: 'done',
  fault: null,
  amount: '1',
  counterparty: 'nano_1',
  blockHash: 'AB'.repeat(32),
  network: 'nano:devnet',
  testMoney: true,
  refundOf: null,
};
const payment: PaymentView = {
  kind: 'payment',
  id: 'id',
  at: transfer.at,
  state: 'refused',
  story: [
    { state: 'approved', at: transfer.at },
    { state: 'refused', at: transfer.at + 1_000 },
  ],
  pending: null,
  isPrivate: false,
  isForgotten: false,
  site: 'https://shop.example',
  askedBy: null,
  url: 'https://shop.example/a,b?x="1"',
  method: 'GET',
  amount: '133248297920938463463374607431768211455',
  payTo: 'nano_2',
  mechanism: 'nanoSession',
  network: 'nano:mainnet',
  testMoney: false,
  description: '=1+1',
  title: 'A page',
  approval: 'budget',
  blockHash: null,
  lostBlocks: [],
  status: 402,
  fault: { key: 'fault_insufficient', args: ['2'] },
  serverSaid: 'no\nnever',
  handedOver: null,
  byPost: false,
  canDeliver: true,
  refunds: [{ id: 'CD'.repeat(32), at: transfer.at, amount: '7', counted: '5' }],
  waitsFor: null,
  credit: null,
};

test('csvHead names the columns in their fixed order', () => {
  expect(csvHead()).toBe(
    'time,kind,state,changed,amount_raw,amount_xno,network,test_money,site,asked_by,method,url,account,mechanism,approval,http_status,block_hash,description,title,reason,server_said,id\r\n',
  );
});

test('a payment from a private window has a marker instead of its site', () => {
  const hidden = { askedBy: null, url: null, method: null, description: null, serverSaid: null };
  const line = csvOf({ ...payment, ...hidden, isPrivate: true, site: null });
  const columns = csvHead().trim().split(',');
  expect(line.split(',')[columns.indexOf('site')]).toBe('private window');
  expect(line).toContain('nano_2');
});

test('csvOf puts each value in the column of its name', () => {
  const line = csvOf({
    ...payment,
    url: 'https://shop.example/article',
    askedBy: 'https://blog.example',
    blockHash: 'CD'.repeat(32),
    description: 'An article',
    serverSaid: 'no',
  });
  const names = csvHead().trim().split(',');
  const values = line.trim().split(',');
  expect(values).toHaveLength(names.length);
  expect(Object.fromEntries(names.map((name, place) => [name, values[place]]))).toEqual({
    time: '2026-11-22T20:00:00.007Z',
    kind: 'payment',
    state: 'refused',
    changed: '2026-11-22T20:00:01.007Z',
    amount_raw: '133248297920938463463374607431768211455',
    amount_xno: '133248297.920938463463374607431768211455',
    network: 'nano:mainnet',
    test_money: 'no',
    site: 'https://shop.example',
    asked_by: 'https://blog.example',
    method: 'GET',
    url: 'https://shop.example/article',
    account: 'nano_2',
    mechanism: 'nanoSession',
    approval: 'budget',
    http_status: '402',
    block_hash: 'CD'.repeat(32),
    description: 'An article',
    title: 'A page',
    reason: 'fault_insufficient 2',
    server_said: 'no',
    id: 'id',
  });
});

test('csvOf writes a payment as a line', () => {
  expect(csvOf(payment)).toBe(
    [
      '2026-11-22T20:00:00.007Z,payment,refused,2026-11-22T20:00:01.007Z',
      '133248297920938463463374607431768211455,133248297.920938463463374607431768211455',
      'nano:mainnet,no,https://shop.example,,GET,"https://shop.example/a,b?x=""1"""',
      'nano_2,nanoSession,budget,402,,\'=1+1,A page,fault_insufficient 2,"no\nnever",id\r\n',
    ].join(','),
  );
});

test('csvOf writes a transfer with only the required fields', () => {
  const empty = ','.repeat(3);
  expect(csvOf(transfer)).toBe(
    `2026-11-22T20:00:00.007Z,received,done,,1,0.000000000000000000000000000001,nano:devnet,yes,${empty},nano_1,${empty}${transfer.blockHash},,,,,${transfer.id}\r\n`,
  );
});

test('csvOf writes the state and reason of a transfer that a node refused', () => {
  const fault = { key: 'fault_nodeRefused', args: ['Unreceivable'] } as const;
  const refused: TransferView = { ...transfer, state: 'refused', fault };
  expect(csvOf(refused)).toContain(',received,refused,');
  expect(csvOf(refused)).toContain(',fault_nodeRefused Unreceivable,');
  expect(JSON.parse(jsonOf(refused))).toMatchObject({ state: 'refused', fault });
});

test('csvOf names the site whose payment a receive refunds', () => {
  const refund: TransferView = { ...transfer, refundOf: { id: 'id', site: 'https://shop.example' } };
  expect(csvOf(refund)).toContain(',received,refund,');
  expect(csvOf(refund)).toContain(',https://shop.example,');
  expect(csvOf({ ...refund, refundOf: { id: 'id', site: null } })).toContain(',private window,');
});

test('jsonOf contains every field and state of an activity', () => {
  expect(JSON.parse(jsonOf(payment))).toEqual({
    ...Object.fromEntries(Object.entries(payment).filter(([name]) => name !== 'amount')),
    at: '2026-11-22T20:00:00.007Z',
    story: [
      { state: 'approved', at: '2026-11-22T20:00:00.007Z' },
      { state: 'refused', at: '2026-11-22T20:00:01.007Z' },
    ],
    refunds: [{ id: 'CD'.repeat(32), at: '2026-11-22T20:00:00.007Z', amount: '7', counted: '5' }],
    amountRaw: '133248297920938463463374607431768211455',
    amountXno: '133248297.920938463463374607431768211455',
  });
  expect(JSON.parse(jsonOf(transfer))).toMatchObject({ amountRaw: '1', kind: 'received' });
});
