import { html, json, show } from '../http.ts';
import { PAID_MARKER, page } from '../pages/layout.ts';
import { type RecordedMessage, type Recording, recordingOf } from './recording.ts';
import type { Seller } from './seller.ts';
import { type SignedBlockHabits, signedBlocks } from './signed-blocks.ts';

/** A seller whose challenge and answers are in the corpus. */
function recorded(id: string, says: string, habits: Omit<SignedBlockHabits, 'recording'>): Seller {
  return sellerOf(says, { ...habits, recording: recordingOf(id) });
}

function sellerOf(says: string, habits: SignedBlockHabits): Seller {
  const { method, url } = habits.recording;
  return {
    says,
    method: method === 'POST' ? 'POST' : 'GET',
    target: `${url.pathname}${url.search}`,
    counter: signedBlocks(habits),
  };
}

/** The challenge of a seller that is described and not recorded, as JavaScript writes it. */
function described(
  method: 'GET' | 'POST',
  url: string,
  entry: { readonly amount: string; readonly payTo: string; readonly maxTimeoutSeconds: number },
  more: Readonly<Record<string, string>> = {},
): Recording {
  const { origin, pathname } = new URL(url);
  const { amount, payTo, maxTimeoutSeconds } = entry;
  const extra = { work: 'required', workThreshold: 'fffffff800000000' };
  const nano = { scheme: 'exact', network: 'nano:mainnet', amount, asset: 'XNO', payTo };
  const resource = { url: `${origin}${pathname}`, mimeType: 'application/json' };
  const offer = { x402Version: 2, resource, accepts: [{ ...nano, maxTimeoutSeconds, extra }] };
  const header = Buffer.from(JSON.stringify(offer), 'utf8').toString('base64');
  const challenge: RecordedMessage = {
    status: 402,
    headers: { 'content-type': 'application/json', 'payment-required': header, ...more },
    body: JSON.stringify(offer),
  };
  return { method, url: new URL(url), challenge, answers: new Map(), paid: undefined };
}

const search = {
  publishes: 'and waits',
  goods: 7,
  takesHashIn: 'x-nano-payment',
} as const satisfies Partial<SignedBlockHabits>;
/** It publishes the block and has no handler, then calls it used. */
const settledAndRefused = [{ answer: 4, publishes: true }, { answer: 5 }] as const;

const echo = {
  publishes: 'and waits',
  goods: 1,
  replays: 'for ten minutes',
  used: { again: 9, elsewhere: 9 },
  words: { frontier_moved: 6, frontier_unconfirmed: 7, account_not_found: 8, process_failed: 11 },
  takesHashIn: 'x-nano-payment',
} as const satisfies Partial<SignedBlockHabits>;

const geoip = {
  publishes: 'and waits',
  goods: 3,
  flawed: (code) => show(402, json({ error: 'payment_invalid', message: code, block_hash: null })),
  takesHashIn: 'x-payment',
} as const satisfies Partial<SignedBlockHabits>;

const CATALOG_ACCOUNT = 'nano_3qtbwd94n4459eijezzxaaqidr38um3a65i8qctpww5sijnz3cxzw7z37fsr';
const CATALOG_AMOUNT = '10000000000000000000000000000';
const reused = {
  error: 'payment_reused',
  message: 'This Nano payment was already used for a different request.',
};

/**
 * The live sellers. Where a seller has several habits of the kind that matter to a wallet, each has a line. A dialect other
 * than signed blocks has a counter of its own.
 */
export const SELLERS = {
  search: recorded('search-2026-10-05', 'the last of four entries; settles, refuses twice, then serves', {
    ...search,
    first: settledAndRefused,
  }),
  'search-held': recorded(
    'search-2026-10-05',
    'the same, after two refusals of a block it does not publish',
    {
      ...search,
      first: [{ answer: 1 }, { answer: 3 }, ...settledAndRefused],
    },
  ),
  brief: recorded('brief-2026-09-16', 'the second of two entries; its resource has no query', {
    publishes: 'and waits',
  }),
  diagnose: recorded('diagnose-2026-10-04', '30 s to pay; 202 with Retry-After, then 200', {
    publishes: 'and waits',
    first: [{ answer: 1, publishes: true }],
    goods: 2,
    replays: 'always',
    used: { again: 3, elsewhere: 4 },
    words: { invalid_block: 5 },
  }),
  geoip: recorded('geoip-2026-09-21', 'written in Python; 200 without PAYMENT-RESPONSE', geoip),
  'geoip-500': recorded(
    'geoip-2026-09-21',
    '500 once it has published the block; then it serves the hash alone',
    {
      ...geoip,
      first: [{ answer: 1, publishes: true }, { answer: 2 }],
      repeatsLast: true,
    },
  ),
  echo: recorded('echo-2026-10', 'a session in each offer; replays its reply for ten minutes', echo),
  'echo-slow': recorded('echo-2026-10', '402 with X-Nano-Represent, and 200 for the proof with that token', {
    ...echo,
    first: [{ answer: 3, publishes: true, token: { header: 'x-nano-represent', otherwise: 4 } }],
  }),
  hash: recorded('hash-2026-09-27', 'sells to POST; work is optional, and has no threshold', {
    publishes: 'and waits',
  }),
  fsprobe: sellerOf('refuses as x402 core does; replays its reply for ever', {
    recording: described('GET', 'https://fsprobe.example/v1/fsprobe?path=/etc', {
      amount: '1000000000000000000000000000',
      payTo: 'nano_315knba3boby9g9gei85p4ocommc1859zu6xcf71phfqsknn6u8xwwnth993',
      maxTimeoutSeconds: 60,
    }),
    publishes: 'and waits',
    replays: 'always',
  }),
  demo402: recorded(
    'demo402-2026-08-13',
    'no extra; 200 names the block as hash, and it is not confirmed yet',
    {
      publishes: 'and waits not',
      goods: 2,
      used: { again: 4, elsewhere: 4 },
      words: { frontier_moved: 3, invalid_work: 5, amount_mismatch: 6 },
      flawed: (code) => show(402, json({ error: `payment invalid: ${code}` })),
    },
  ),
  csv: recorded('csv-2026-09-11', 'Python core: 402 with {} when its facilitator is late, then 200', {
    publishes: 'and waits',
    first: [{ answer: 2, publishes: true }],
    goods: 1,
    used: { again: 6, elsewhere: 12 },
    words: {
      frontier_moved: 4,
      frontier_unconfirmed: 5,
      block_already_exists: 6,
      account_not_found: 8,
      invalid_work: 9,
      amount_mismatch: 10,
      invalid_signature: 11,
      requirements_mismatch: 12,
      process_failed: 3,
    },
  }),
  claims: recorded('claims-2026-09-29', 'an entry of another chain behind its own', {
    publishes: 'and waits',
  }),
  scan: recorded('scan-micro-2026-09-16', 'an entry of another chain behind its own; work is optional', {
    publishes: 'and waits',
  }),
  posts: recorded('posts-2026-09-15-a', 'a page; another payee with each GET; 200 without PAYMENT-RESPONSE', {
    publishes: 'and waits',
    payTo: 'of each offer',
    goods: show(200, html(page('A post', `<p id="paid">${PAID_MARKER}</p>`))),
  }),
  jsonlens: recorded('jsonlens-2026-09-26', 'a digest of the request in extra', { publishes: 'and waits' }),
  x4n: recorded('x402nano-example', 'asset in lower case; publishes after its answer', {
    publishes: 'afterwards',
  }),
  n8n: recorded('n8n-payment-id', 'a payment id in extra; 500 once, after it has published the block', {
    publishes: 'and waits',
    first: [{ answer: 1, publishes: true }],
    replays: 'always',
  }),
  catalog: sellerOf('30 s to pay; the headers of a hash seller beside its offer; bound to the body', {
    recording: described(
      'POST',
      'https://catalog.example/api/nano/catalog-audit',
      { amount: CATALOG_AMOUNT, payTo: CATALOG_ACCOUNT, maxTimeoutSeconds: 30 },
      {
        'x-payment-network': 'nano:mainnet',
        'x-payment-asset': 'XNO',
        'x-payment-scheme': 'catalog-nano-hash-v1',
        'x-payment-address': CATALOG_ACCOUNT,
        'x-payment-amount-raw': CATALOG_AMOUNT,
      },
    ),
    publishes: 'and waits',
    replays: 'always',
    used: { again: show(409, json(reused)), elsewhere: show(409, json(reused)) },
  }),
} as const satisfies Readonly<Record<string, Seller>>;

export type SellerName = keyof typeof SELLERS;
export const SELLER_NAMES = Object.keys(SELLERS) as readonly SellerName[];

export const isSellerName = (name: string): name is SellerName => Object.hasOwn(SELLERS, name);
