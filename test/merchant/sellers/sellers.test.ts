import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BlockJson, blockToJson, readBlock, signBlock } from '../../devnet/block.ts';
import { accountOf } from '../../devnet/crypto.ts';
import { type Devnet, startDevnet } from '../../devnet/devnet.ts';
import { noWork } from '../../devnet/work.ts';
import { encodeHeader } from '../envelope.ts';
import { fundedPayer, type Payer } from '../testing/payer.ts';
import { XNO } from '../testing/test-bed.ts';
import { parsed } from './recording.ts';
import { type OpenSeller, startSeller } from './start-seller.ts';
import { SELLER_NAMES, type SellerName } from './table.ts';

let devnet: Devnet;
let payer: Payer;
const open: OpenSeller[] = [];
let ahead = 0;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  payer = await fundedPayer(devnet, 100n * XNO);
});
afterAll(async () => {
  for (const seller of open) await seller.close();
  await devnet?.close();
});

async function seller(name: SellerName): Promise<OpenSeller> {
  const started = await startSeller({
    name,
    network: devnet.profile,
    patience: { attempts: 300, intervalMs: 5 },
    now: () => Date.now() + ahead,
  });
  open.push(started);
  return started;
}

interface Entry {
  readonly network: string;
  readonly asset: string;
  readonly amount: string;
  readonly payTo: string;
  readonly maxTimeoutSeconds: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}
interface Offer {
  readonly error?: string;
  readonly resource: { readonly url: string };
  readonly accepts: readonly Entry[];
}

const ask = ({ method, url }: OpenSeller, headers: Record<string, string> = {}, body = '{}') =>
  fetch(url, {
    method,
    headers: { ...headers, Connection: 'close' },
    ...(method === 'POST' && { body }),
  });

function offerIn(response: Response): Offer {
  return parsed(response.headers.get('payment-required') ?? '') as Offer;
}
const nanoEntry = ({ accepts }: Offer): Entry => {
  const entry = accepts.find(({ network }) => network === 'nano:devnet');
  if (entry === undefined) throw new Error('no entry for the devnet');
  return entry;
};
const proofOf = (accepted: unknown, block: BlockJson, x402Version = 2) => ({
  'PAYMENT-SIGNATURE': encodeHeader({ x402Version, accepted, payload: { block } }),
});

/** A good proof for a fresh offer. */
async function signed(shop: OpenSeller) {
  const entry = nanoEntry(offerIn(await ask(shop)));
  const { block, hash } = await payer.signSend(entry.payTo, BigInt(entry.amount));
  return { entry, block, hash, headers: proofOf(entry, block) };
}
const isOnLedger = (hash: string) => {
  try {
    return devnet.ledger.find(hash) !== undefined;
  } catch {
    return false;
  }
};

/** As in appendix A of the market brief: place of the Nano entry, number of entries, seconds, keys of `extra`. */
const OFFERS: Readonly<Record<SellerName, readonly [number, number, number, string]>> = {
  search: [3, 4, 3600, 'asset,work,workThreshold'],
  'search-held': [3, 4, 3600, 'asset,work,workThreshold'],
  brief: [1, 2, 300, 'asset,work,workThreshold'],
  diagnose: [0, 1, 30, 'work,workThreshold'],
  geoip: [0, 1, 60, ''],
  'geoip-500': [0, 1, 60, ''],
  echo: [0, 1, 60, 'work,workThreshold,session'],
  'echo-slow': [0, 1, 60, 'work,workThreshold,session'],
  hash: [0, 1, 60, 'work'],
  fsprobe: [0, 1, 60, 'work,workThreshold'],
  demo402: [0, 1, 60, ''],
  csv: [0, 1, 60, 'work,workThreshold'],
  claims: [0, 2, 60, ''],
  scan: [0, 2, 60, 'work'],
  posts: [0, 1, 60, ''],
  jsonlens: [0, 1, 60, 'requestDigest'],
  x4n: [0, 1, 300, ''],
  n8n: [0, 1, 60, 'paymentId'],
  catalog: [0, 1, 30, 'work,workThreshold'],
};

/** The statuses of a good proof that is delivered until it is served; three times where it never is. */
const DELIVERIES: Partial<Record<SellerName, readonly number[]>> = {
  search: [405, 402, 200],
  'search-held': [405, 402, 405, 402, 200],
  diagnose: [202, 200],
  'geoip-500': [500, 402, 402],
  'echo-slow': [402, 402, 402],
  csv: [402, 200],
  n8n: [500, 200],
};

describe.each(SELLER_NAMES)('%s', (name) => {
  test('offers what the market brief says', async () => {
    const response = await ask(await seller(name));
    expect(response.status).toBe(402);
    const offer = offerIn(response);
    const entry = nanoEntry(offer);
    const keys = Object.keys(entry.extra ?? {}).join(',');
    const place = offer.accepts.indexOf(entry);
    expect([place, offer.accepts.length, entry.maxTimeoutSeconds, keys]).toEqual(OFFERS[name]);
    expect(entry.extra?.workThreshold ?? devnet.profile.thresholds.send).toBe(devnet.profile.thresholds.send);
  });

  test('serves a good proof in its own time, for one send', async () => {
    const shop = await seller(name);
    const { headers, hash, entry } = await signed(shop);
    const statuses = DELIVERIES[name] ?? [200];
    for (const status of statuses) expect((await ask(shop, headers)).status).toBe(status);
    const isServed = statuses.at(-1) === 200;
    const { payments, cheques } = shop.books();
    expect(payments).toMatchObject(isServed ? [{ hash, amountRaw: entry.amount, payTo: entry.payTo }] : []);
    await expect.poll(() => isOnLedger(hash)).toBe(true);
    expect(cheques).toHaveLength(1);
    // The next test pays on top of it.
    await devnet.confirmed(hash);
  });
});

describe('the wire', () => {
  test('is spaced and escaped as Python does at demo402, and as JavaScript does at search', async () => {
    const textOf = async (name: SellerName) => {
      const header = (await ask(await seller(name))).headers.get('payment-required') ?? '';
      return Buffer.from(header, 'base64').toString('utf8');
    };
    expect(await textOf('demo402')).toMatch(/^\{"x402Version": 2, "error": "Payment required \\u2014/);
    expect(await textOf('search')).toMatch(/^\{"x402Version":2,"error":"Payment required","resource":/);
  });

  test('names the URL with its query at search, and without it at geoip', async () => {
    const [search, geoip] = [await seller('search'), await seller('geoip')];
    expect(offerIn(await ask(search)).resource.url).toBe(search.url);
    expect(offerIn(await ask(geoip)).resource.url).toBe(geoip.url.replace(/\?.*/, ''));
  });

  test('has the offer in WWW-Authenticate too at search, and an asset in lower case at x4n', async () => {
    const response = await ask(await seller('search'));
    const [scheme, offer = ''] = (response.headers.get('www-authenticate') ?? '').split(' ');
    expect(scheme).toBe('x402');
    expect(parsed(offer)).toEqual(offerIn(response));
    expect(nanoEntry(offerIn(await ask(await seller('x4n')))).asset).toBe('xno');
  });

  test('has another payee with each GET at posts, and another session at echo', async () => {
    const twice = async (name: SellerName) => {
      const shop = await seller(name);
      return [nanoEntry(offerIn(await ask(shop))), nanoEntry(offerIn(await ask(shop)))] as const;
    };
    const [post, next] = await twice('posts');
    expect(next.payTo).not.toBe(post.payTo);
    const [first, second] = await twice('echo');
    expect(second.payTo).toBe(first.payTo);
    expect(second.extra?.session).not.toBe(first.extra?.session);
  });

  test('has no PAYMENT-RESPONSE at geoip and posts, and one without a transaction at demo402', async () => {
    const receiptOf = async (name: SellerName) => {
      const shop = await seller(name);
      const { headers, hash } = await signed(shop);
      const receipt = (await ask(shop, headers)).headers.get('payment-response');
      await devnet.confirmed(hash);
      return { hash, receipt: receipt === null ? null : parsed(receipt) };
    };
    expect(await receiptOf('geoip')).toMatchObject({ receipt: null });
    expect(await receiptOf('posts')).toMatchObject({ receipt: null });
    const { receipt, hash } = await receiptOf('demo402');
    expect(receipt).toEqual({ success: true, hash, confirmed: false, network: 'nano:devnet' });
  });

  test('asks for a later delivery at diagnose, and is {} with a receipt at csv', async () => {
    const [diagnose, csv] = [await seller('diagnose'), await seller('csv')];
    const pending = await signed(diagnose);
    expect((await ask(diagnose, pending.headers)).headers.get('retry-after')).toBe('90');
    await devnet.confirmed(pending.hash);
    const late = await signed(csv);
    const answer = await ask(csv, late.headers);
    expect(await answer.text()).toBe('{}');
    expect(answer.headers.has('payment-required')).toBe(false);
    expect(parsed(answer.headers.get('payment-response') ?? '')).toMatchObject({
      success: false,
      errorReason: 'confirmation_timeout',
      transaction: late.hash,
      payer: payer.address,
    });
    await devnet.confirmed(late.hash);
  });
});

describe('a proof that comes again', () => {
  test('is served at echo-slow with the token of the refusal alone', async () => {
    const shop = await seller('echo-slow');
    const { headers, hash } = await signed(shop);
    const token = (await ask(shop, headers)).headers.get('x-nano-represent') ?? '';
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    expect((await ask(shop, headers)).status).toBe(402);
    expect((await ask(shop, { ...headers, 'X-Nano-Represent': token })).status).toBe(200);
    await devnet.confirmed(hash);
  });

  test('gets the same reply at echo for ten minutes', async () => {
    const shop = await seller('echo');
    const { headers, hash } = await signed(shop);
    const text = await (await ask(shop, headers)).text();
    const again = await ask(shop, headers);
    expect([again.status, await again.text(), again.headers.get('x-nano-replay')]).toEqual([
      200,
      text,
      'true',
    ]);
    ahead += 10 * 60_000;
    const late = await ask(shop, headers);
    expect(late.status).toBe(402);
    expect(await late.text()).toContain('already used');
    await devnet.confirmed(hash);
  });

  test('is refused at demo402, and with another body at catalog', async () => {
    const demo402 = await seller('demo402');
    const sold = await signed(demo402);
    await ask(demo402, sold.headers);
    const again = await ask(demo402, sold.headers);
    expect([again.status, again.headers.has('payment-required')]).toEqual([402, false]);
    await devnet.confirmed(sold.hash);
    const catalog = await seller('catalog');
    const { headers, hash } = await signed(catalog);
    expect((await ask(catalog, headers)).status).toBe(200);
    expect((await ask(catalog, headers, '{"other":1}')).status).toBe(409);
    expect((await ask(catalog, headers)).status).toBe(200);
    await devnet.confirmed(hash);
  });

  test('is served at geoip-500 for its hash alone', async () => {
    const shop = await seller('geoip-500');
    const { headers, hash } = await signed(shop);
    await ask(shop, headers);
    const hashed = { 'X-PAYMENT': hash };
    expect((await ask(shop, hashed)).status).toBe(200);
    expect(shop.books().payments).toMatchObject([{ hash }]);
    expect((await ask(shop, hashed)).status).toBe(402);
    await devnet.confirmed(hash);
  });
});

describe('a flawed proof publishes nothing, and csv names the flaw', () => {
  const OTHER_KEY = 'A'.repeat(64);
  test.each([
    ['unsupported_x402_version', ({ entry, block }: Sent) => proofOf(entry, block, 1)],
    ['requirements_mismatch', ({ entry, block }: Sent) => proofOf({ ...entry, amount: '1' }, block)],
    ['invalid_block', ({ entry, block }: Sent) => proofOf(entry, { ...block, balance: '-1' })],
    ['invalid_signature', ({ entry, block }: Sent) => proofOf(entry, { ...block, balance: '1' })],
    ['invalid_work', ({ entry, block }: Sent) => proofOf(entry, { ...block, work: weakFor(block) })],
    [
      'invalid_payto',
      ({ entry, block }: Sent) => proofOf(entry, { ...block, link_as_account: payer.address }),
    ],
  ])('%s', async (code, flawed) => {
    expect(await refusalFor(flawed)).toBe(code);
  });

  test('amount_mismatch', async () => {
    const shop = await seller('csv');
    const { entry } = await signed(shop);
    const { block } = await payer.signSend(entry.payTo, BigInt(entry.amount) + 1n);
    expect(offerIn(await ask(shop, proofOf(entry, block))).error).toBe('amount_mismatch');
  });

  test('frontier_moved', async () => {
    const shop = await seller('csv');
    const { headers } = await signed(shop);
    await payer.pay(payer.address, 1n);
    expect(offerIn(await ask(shop, headers)).error).toBe('frontier_moved');
  });

  test('frontier_unconfirmed', async () => {
    const shop = await seller('csv');
    devnet.elections.delayMs = 60_000;
    const below = await payer.send(payer.address, 1n);
    const { headers } = await signed(shop);
    expect(offerIn(await ask(shop, headers)).error).toBe('frontier_unconfirmed');
    devnet.elections.delayMs = 5;
    devnet.elections.confirm(devnet.ledger.find(below).hash);
  });

  test('account_not_found', async () => {
    const shop = await seller('csv');
    const { entry, block } = await signed(shop);
    const like = readBlock(block);
    if (like === undefined) throw new Error('a payer signs blocks');
    const unopened = blockToJson(signBlock({ ...like, account: accountOf(OTHER_KEY) }, OTHER_KEY, 0n));
    expect(offerIn(await ask(shop, proofOf(entry, unopened))).error).toBe('account_not_found');
  });

  type Sent = Awaited<ReturnType<typeof signed>>;
  const weakFor = ({ previous }: BlockJson) =>
    noWork(previous, devnet.ledger.thresholds.send).toString(16).padStart(16, '0');

  /** What csv calls a proof that is good but for one thing. */
  async function refusalFor(flawed: (sent: Sent) => Record<string, string>): Promise<string | undefined> {
    const shop = await seller('csv');
    const sent = await signed(shop);
    const response = await ask(shop, flawed(sent));
    expect(response.status).toBe(402);
    expect(isOnLedger(sent.hash)).toBe(false);
    expect(shop.books()).toMatchObject({ payments: [], cheques: [] });
    return offerIn(response).error;
  }
});
