import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { renderSVG } from 'uqr';
import type { FreeRoute } from './free-routes.ts';
import { BadRequest, type Content, html, json, show, type Visit } from './http.ts';
import type { NanoNode } from './node.ts';
import type { Sessions } from './sessions.ts';

const FOLDER = join(import.meta.dirname, 'pages', 'styles');

/** What a page says that handles its own 402 (docs/WIRE.md §7.26). */
const MANUAL = '<meta name="payment-required" content="manual">';

/** Pages in the style of each kind of site that sells by 402, as they stand in `pages/styles/`; with ?manual= they say so. */
export const STYLE_PAGES: readonly FreeRoute[] = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => parse(file).ext !== '')
  .sort()
  .map((file) => {
    const { dir, name, ext } = parse(file);
    const content = readFileSync(join(FOLDER, file), 'utf8');
    return ext === '.js'
      ? {
          path: `/styles/${file}`,
          says: 'the service worker of a page',
          serve: () => show(200, { type: 'text/javascript', body: content }),
        }
      : {
          path: `/styles/${join(dir, name)}`,
          says: /<title>(.*)<\/title>/.exec(content)?.[1] ?? name,
          serve: ({ url }) =>
            show(
              200,
              html(url.searchParams.has('manual') ? content.replace('<title>', `${MANUAL}<title>`) : content),
            ),
        };
  });

/** What pages ask that wait for money from any wallet: a picture of where to send it, and whether it has come. */
export function walletRoutes(node: NanoNode, sessions: Sessions, payTo: string): readonly FreeRoute[] {
  const sent = async (amount: string, source?: string) =>
    (await node.receivable(payTo)).find(
      (one) => one.amount === amount && (source === undefined || one.source === source),
    )?.hash;
  return [
    {
      path: '/qr.svg',
      says: '?text= as a QR code',
      serve: (visit) => show(200, { type: 'image/svg+xml', body: renderSVG(asked(visit, 'text')) }),
    },
    {
      path: '/api/status',
      says: 'whether the money for a ?session= has come, as the Rev 7 demo says it',
      serve: async (visit) => {
        const session = sessions.issued(asked(visit, 'session'));
        if (session === undefined) return show(404, json({ error: 'Session not found' }), UNCACHED);
        const blockHash = await sent(session.amountRaw);
        return show(200, status(blockHash), UNCACHED);
      },
    },
    {
      path: '/api/poll-for-demo',
      says: 'whether ?payerAccount= has sent this ?amount=, as the x402.Nano demo says it',
      serve: async (visit) => {
        const sendHash = await sent(asked(visit, 'amount'), asked(visit, 'payerAccount'));
        const found = sendHash === undefined ? { found: false } : { found: true, sendHash };
        return show(200, json(found), UNCACHED);
      },
    },
  ];
}

const UNCACHED = { 'Cache-Control': 'no-store' };

const status = (blockHash: string | undefined): Content =>
  json(blockHash === undefined ? { status: 'pending' } : { status: 'confirmed', blockHash });

function asked({ url }: Visit, name: string): string {
  const value = url.searchParams.get(name);
  if (value === null) throw new BadRequest(`${name}: missing`);
  return value;
}
