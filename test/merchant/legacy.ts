import { type Answer, BadRequest, html, json, show, type Visit } from './http.ts';
import { page } from './pages/layout.ts';

/** A 402 as servers of earlier and other protocols put it: no `PAYMENT-REQUIRED`, the price elsewhere (docs/WIRE.md §1.5). */
interface LegacyDemand {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const PRICE = String(10n ** 28n);
const SESSION = 'a03ba415f67e2bba20a00fc5353c4961';
const TAG = 4518140;

/** One demand of each protocol, to this account. None of them is ever paid. */
function demands(payTo: string, url: string): Readonly<Record<string, LegacyDemand>> {
  const expires = new Date(Date.now() + 180_000).toISOString();
  const rev5 = {
    scheme: 'nano-session',
    network: 'nano:mainnet',
    asset: 'XNO',
    amount: PRICE,
    payTo,
    maxTimeoutSeconds: 600,
    extra: { tag: TAG, sessionId: SESSION, tagModulus: 10_000_000, expiresAt: expires },
  };
  const v1 = (network: string, asset: string, account: string) => ({
    x402Version: 1,
    error: 'Payment required',
    accepts: [
      {
        scheme: 'exact',
        network,
        maxAmountRequired: '10000',
        resource: url,
        description: 'An earlier way to ask',
        mimeType: 'application/json',
        outputSchema: null,
        payTo: account,
        maxTimeoutSeconds: 60,
        asset,
        extra: null,
      },
    ],
  });
  return {
    rev1: {
      headers: {},
      body: {
        payment_required: 'x402.NanoSession',
        address: payTo,
        price_xno: '0.01',
        price_raw: PRICE,
        tag: TAG,
        session_id: SESSION,
      },
    },
    rev4: {
      headers: {
        'X-402-Session': SESSION,
        'X-402-Address': payTo,
        'X-402-Price-Raw': PRICE,
        'X-402-Tag': String(TAG),
        'X-402-Expires': expires,
      },
      body: { error: 'Payment Required' },
    },
    rev5: {
      headers: {
        'X-PAYMENT-ADDRESS': payTo,
        'X-PAYMENT-AMOUNT': PRICE,
        'X-PAYMENT-TAG': String(TAG),
        'X-PAYMENT-SESSION': SESSION,
        'X-PAYMENT-EXPIRES': expires,
      },
      body: { error: 'Payment Required' },
    },
    'rev5-demo': {
      headers: { 'X-Payment-Required': JSON.stringify(rev5) },
      body: { x402Version: 5, error: 'Payment Required', resource: { url }, accepts: [rev5] },
    },
    v1: {
      headers: {},
      body: v1('base-sepolia', `0x${'03'.repeat(20)}`, `0x${'20'.repeat(20)}`),
    },
    'v1-nano': { headers: {}, body: v1('nano:mainnet', 'XNO', payTo) },
    'hash-malformed': {
      headers: { 'x-payment-address': payTo, 'x-payment-amount-raw': '0.01' },
      body: { pay_to: payTo, price_raw: PRICE },
    },
    deposit: {
      headers: { 'x-payment-address': payTo, 'x-payment-amount': '0.01', 'x-payment-id': 'pay_1' },
      body: { error: 'Payment Required' },
    },
    order: { headers: {}, body: { order_id: '1', nano_address: payTo, nano_amount_raw: PRICE } },
    invoice: {
      headers: { 'Pay-Using': 'nano', Link: `<nano:${payTo}?amount=${PRICE}>; rel="payment"` },
      body: { error: 'Payment Required' },
    },
    l402: { headers: { 'WWW-Authenticate': 'L402 macaroon="AG", invoice="lnbc1"' }, body: {} },
    mpp: { headers: { 'WWW-Authenticate': 'Payment id="a", method="tempo", request="e30"' }, body: {} },
    crawl: { headers: { 'crawler-price': 'USD 0.01' }, body: {} },
  };
}

/** Asks for money as an earlier or other protocol does: people see a page, programs get the body. */
export function askAsEarlier(payTo: string): (visit: Visit) => Answer {
  return ({ url, href, headers }) => {
    const known = demands(payTo, href);
    const demand = known[url.searchParams.get('protocol') ?? 'rev4'];
    if (demand === undefined) throw new BadRequest(`protocol: ${Object.keys(known).join(', ')}`);
    const content = headers.accept?.includes('text/html')
      ? html(
          page('Payment Required', '<h1>Payment Required</h1>\n<p id="gate">As it was asked for once.</p>'),
        )
      : json(demand.body);
    return show(402, content, { 'Cache-Control': 'no-store', ...demand.headers });
  };
}
