import { readFileSync } from 'node:fs';
import { page } from './layout.ts';

const SCRIPT = readFileSync(new URL('./own-402.js', import.meta.url), 'utf8');
const SAYS_SO = '<meta name="payment-required" content="manual">';

/**
 * A free page that handles its own 402; `own-402.js` says how to steer it.
 *
 * @param saysSo where the page says that it does (docs/WIRE.md §7.26): where wallets look for it, or where they do not
 */
export function own402(saysSo: 'head' | 'body' | null): string {
  return page(
    'A page with its own gate',
    `<h1>A page with its own gate</h1>
${saysSo === 'body' ? SAYS_SO : ''}
<p><a id="pay">Open in a wallet</a></p>
<output id="own" data-state="pending"></output>
<script type="module">
${SCRIPT}</script>`,
    saysSo === 'head' ? SAYS_SO : '',
  );
}
