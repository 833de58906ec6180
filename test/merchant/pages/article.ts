import type { PaymentRequired } from '../envelope.ts';
import { escapeHtml, PAID_MARKER, page } from './layout.ts';

const TITLE = 'A short history of the tollgate';

const HEAD = `<h1>${TITLE}</h1>
<p class="byline">From the archive of the Turnpike Review</p>`;

const OPENING = `<p>For most of its life a road was nobody’s business. It was repaired when a bishop travelled, forgotten when he
had passed, and in wet years it simply moved over into the next field.</p>`;

const REST = `<p>The gate changed that. A pole across the way, a keeper in a small house with windows on three sides, and a
board that named the price of everything: a horse, a score of sheep, a coach with its springs. The board mattered more
than the pole. You could read it before you reached for your purse, it said the same to everyone, and what you paid was
written down under your eyes.</p>
<p>What travellers hated was never the penny. It was the stopping: the shouting for a sleeping keeper, the coin too large
to change, the queue in the rain. The good gates were the ones where a hand came out of the window, a coin changed
hands, and the horse never broke its trot.</p>`;

/** The article with its gate shut: the opening, and what the rest costs. */
export function articleTeaser(required: PaymentRequired): string {
  return page(
    TITLE,
    `<article>
${HEAD}
${OPENING}
<p class="fades">The gate changed that. A pole across the way, a keeper in a small house with windows on</p>
</article>
${gate(required)}`,
  );
}

/** The whole article. */
export function article(): string {
  return page(
    TITLE,
    `<article>
${HEAD}
${OPENING}
${REST}
</article>
<footer id="paid">${PAID_MARKER} Thank you for paying the keeper.</footer>`,
  );
}

/** The toll board: what it costs and why the visitor sees it. */
export function gate({ error, accepts }: PaymentRequired): string {
  const prices = accepts.map(({ amount, extra }) => {
    const [mark = ''] = Object.keys(extra);
    const mechanism = BY_MARK[mark] ?? mark;
    return `<strong title="${amount} raw">${shortXno(BigInt(amount))} XNO</strong> by ${escapeHtml(mechanism)}`;
  });
  return `<aside class="gate" id="gate">The rest costs ${prices.join(' or ')}. <span id="error">${escapeHtml(error)}</span></aside>`;
}

/** What a mechanism is called whose mark in `extra` is not its name. */
const BY_MARK: Readonly<Record<string, string>> = {
  challenge: 'nymChallenge',
  nonce: 'trackB',
  validBefore: 'trackA',
  '': 'signedBlock',
};

const MILLIONTH = 10n ** 24n;

/** Raw as XNO to the millionth, as a price is read; to the raw where that would leave nothing. */
function shortXno(raw: bigint): string {
  return xno(raw < MILLIONTH ? raw : raw - (raw % MILLIONTH));
}

/** Raw as XNO, with every digit that matters. */
export function xno(raw: bigint): string {
  const digits = String(raw).padStart(31, '0');
  const fraction = digits.slice(-30).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -30) : `${digits.slice(0, -30)}.${fraction}`;
}
