import { randomBytes } from 'node:crypto';
import { toAddress } from '../../devnet/address.ts';
import { accountOf, privateKeyAt } from '../../devnet/crypto.ts';
import type { Patience } from '../confirmation.ts';
import { freeAnswer, recordsRoute } from '../free-routes.ts';
import { HANG_UP, html, show } from '../http.ts';
import type { MerchantNetwork } from '../merchant.ts';
import { NanoNode } from '../node.ts';
import { everyWay } from '../pages/every-way.ts';
import { escapeHtml, page } from '../pages/layout.ts';
import { type MerchantRecords, RequestLog } from '../records.ts';
import { listen, shut } from '../server.ts';
import { SELLERS, type SellerName } from './table.ts';

export interface SellerOptions {
  readonly name: SellerName;
  readonly network: MerchantNetwork;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** How long to wait for a confirmation; 5 s in steps of 100 ms by default. */
  readonly patience?: Patience;
  /** `Retry-After` where the seller sends one (s); as recorded by default. */
  readonly retryAfterSeconds?: number;
  /** Unix milliseconds; `Date.now` by default. */
  readonly now?: () => number;
}

/** What a seller knows. */
export type SellerRecords = Pick<
  MerchantRecords,
  'network' | 'payments' | 'cheques' | 'refusals' | 'requests'
>;

/** A running seller. */
export interface OpenSeller {
  readonly name: SellerName;
  readonly method: 'GET' | 'POST';
  readonly origin: string;
  /** The URL of what it sells. */
  readonly url: string;
  books(): SellerRecords;
  /** The bodies of what was served, oldest first. */
  served(): readonly string[];
  close(): Promise<void>;
}

const DEFAULT_PATIENCE: Patience = { attempts: 50, intervalMs: 100 };

/** Opens a server that behaves as one of the live sellers, listening when the promise resolves. */
export async function startSeller(options: SellerOptions): Promise<OpenSeller> {
  const { name, network, host = '127.0.0.1', now = Date.now } = options;
  const seller = SELLERS[name];
  const requestLog = new RequestLog();
  const seed = randomBytes(32).toString('hex');
  const served: string[] = [];
  let accounts = 0;
  const pathname = seller.target.replace(/\?.*/, '');
  const records = (): SellerRecords => ({
    network: network.id,
    payments: counter.payments(),
    cheques: counter.handedOver(),
    refusals: [...requestLog.refusals],
    requests: requestLog.requests.map((request) => ({ ...request })),
  });
  const control = recordsRoute(records);
  const free = [
    { path: '/', says: 'what is sold here', serve: () => show(200, html(index(name))) },
    { path: '/page', says: 'asks for it', serve: () => show(200, html(everyWay())) },
    control,
  ];
  const { server, port } = await listen(
    {
      async answer(visit) {
        if (visit.url.pathname !== pathname) return freeAnswer(free, visit);
        const answer = await counter.serve(visit);
        if (answer !== HANG_UP && answer.status === 200) served.push(String(answer.body));
        return answer;
      },
      requestLog,
      unlogged: [control.path],
      now,
    },
    host,
    options.port ?? 0,
  );
  const origin = `http://${host}:${port}`;
  const counter = seller.counter({
    network: network.id,
    origin,
    node: new NanoNode(network.rpcUrls),
    sendThreshold: BigInt(`0x${network.thresholds.send}`),
    patience: options.patience ?? DEFAULT_PATIENCE,
    retryAfterSeconds: options.retryAfterSeconds,
    now,
    newAccount: () => toAddress(accountOf(privateKeyAt(seed, accounts++))),
    refused: ({ href: url }, status, reason) =>
      requestLog.refusals.push({ at: now(), url, route: pathname, status, reason }),
  });
  return {
    name,
    method: seller.method,
    origin,
    url: `${origin}${seller.target}`,
    books: records,
    served: () => served,
    async close() {
      await shut(server);
      counter.close();
    },
  };
}

function index(name: SellerName): string {
  const { says, method, target } = SELLERS[name];
  const link = `<a href="${escapeHtml(target)}">${escapeHtml(target)}</a>`;
  return page(name, `<h1>${name}</h1>\n<p>${escapeHtml(says)}</p>\n<p>${method} ${link}</p>`);
}
