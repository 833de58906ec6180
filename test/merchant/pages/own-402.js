// Handles its own 402, as the pages of the reference servers do: expects it, shows what to pay and where, looks at a node until
// somebody has paid, and shows the proof to the server. A 200 where it expects a 402 is an error to it.
//
// Query: manual as in own-402.ts; style=head (asks for the price by HEAD) or rev7 (by XMLHttpRequest; brings the proof in the body of a POST);
// node=the RPC URL of a Nano node. Everything else is handed on as the terms of what is sold.
// Outcome: <output id="own" data-state="pending|price|paid|failed">.

const LOOK_EVERY = 200;

const {
  style = 'head',
  node = '',
  manual,
  ...terms
} = Object.fromEntries(new URLSearchParams(location.search));
const url = `/api/data?${new URLSearchParams(terms)}`;
const own = document.getElementById('own');
const say = (state, text) => {
  own.textContent = text;
  own.dataset.state = state;
};

const prices = {
  async head() {
    const response = await fetch(url, { method: 'HEAD' });
    return [response.status, response.headers.get('PAYMENT-REQUIRED')];
  },
  rev7: () =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('GET', url);
      request.onload = () => resolve([request.status, request.getResponseHeader('PAYMENT-REQUIRED')]);
      request.onerror = reject;
      request.send();
    }),
};

/** The hash of a confirmed send of exactly this amount; undefined while there is none. */
async function paymentTo(account, amount) {
  const question = { action: 'receivable', account, count: '1000', threshold: '1' };
  const answer = await fetch(node, { method: 'POST', body: JSON.stringify(question) });
  const { blocks } = await answer.json();
  return Object.entries(blocks || {}).find(([, raw]) => raw === amount)?.[0];
}

/** Shows the server the proof. */
function prove(accepted, proof) {
  const signature = btoa(JSON.stringify({ x402Version: 2, accepted, payload: { proof } }));
  if (style === 'head') return fetch(url, { headers: { 'PAYMENT-SIGNATURE': signature } });
  const headers = { 'Content-Type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify({ paymentSignature: signature }) });
}

async function run() {
  const [status, header] = await prices[style]();
  if (status !== 402) throw new Error(`Unexpected server response: ${status}`);
  const [entry] = JSON.parse(atob(header)).accepts;
  const { payTo, amount } = entry;
  // A wallet on a telephone reads the same text from a QR code.
  document.getElementById('pay').href = `nano:${payTo}?amount=${amount}`;
  Object.assign(own.dataset, { payTo, amount });
  say('price', `Send ${amount} raw to ${payTo}`);
  let proof = await paymentTo(payTo, amount);
  while (proof === undefined) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    proof = await paymentTo(payTo, amount);
  }
  const response = await prove(entry, proof);
  if (!response.ok) throw new Error(`The proof was answered ${response.status}`);
  say('paid', await response.text());
}

run().catch((error) => say('failed', String(error)));
