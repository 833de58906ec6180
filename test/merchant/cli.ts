import { parseArgs } from 'node:util';
import { DEV_THRESHOLDS, hex64 } from '../devnet/work.ts';
import { FAULTS, type FaultName, isFaultName } from './faults.ts';
import { FLAVOURS } from './flavour.ts';
import { type MerchantNetwork, startMerchant } from './merchant.ts';
import { xno } from './pages/article.ts';
import { startSeller } from './sellers/start-seller.ts';
import { isSellerName, SELLERS, type SellerName } from './sellers/table.ts';

const USAGE = `Usage: npm run merchant -- [options]
  --port N      port to listen on (4020; 0 takes a free one)
  --rpc URL     Nano node; may repeat (http://127.0.0.1:45000, the devnet)
  --network ID  CAIP-2 id to ask for money on (nano:devnet)
  --price RAW   what a visit costs (0.01 XNO)
  --expiry S    seconds an offer lives (180)
  --flavour F   spec, or reference: as the reference servers write their answers (spec)
  --fault NAME  leaves out a check, for whatever is to find that out; may repeat (none)
  --data DIR    where account, sessions and payments are kept (a temporary folder)
  --seller NAME a live seller's server instead, with its own price and words; takes --port, --rpc, --network as well

Faults, each with the probe that finds it:
${Object.entries(FAULTS)
  .map(([name, [probe, says]]) => `  ${name.padEnd(20)} ${probe.padEnd(4)} ${says}`)
  .join('\n')}

Sellers, each with what it is known for:
${Object.entries(SELLERS)
  .map(([name, { method, says }]) => `  ${name.padEnd(20)} ${method.padEnd(4)} ${says}`)
  .join('\n')}`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4020' },
    rpc: { type: 'string', multiple: true, default: ['http://127.0.0.1:45000'] },
    network: { type: 'string', default: 'nano:devnet' },
    price: { type: 'string', default: String(10n ** 28n) },
    expiry: { type: 'string', default: '180' },
    flavour: { type: 'string', default: 'spec' },
    fault: { type: 'string', multiple: true, default: [] },
    data: { type: 'string' },
    seller: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function whole(name: string, text: string): bigint {
  if (!/^\d+$/.test(text)) throw new RangeError(`--${name} takes a whole number, not "${text}"`);
  return BigInt(text);
}

function faultNamed(name: string): FaultName {
  if (!isFaultName(name)) throw new RangeError(`--fault takes ${Object.keys(FAULTS).join(', ')}`);
  return name;
}

function sellerNamed(name: string): SellerName {
  if (!isSellerName(name)) throw new RangeError(`--seller takes ${Object.keys(SELLERS).join(', ')}`);
  return name;
}

const network: MerchantNetwork = {
  id: values.network,
  rpcUrls: values.rpc,
  thresholds: { receive: hex64(DEV_THRESHOLDS.receive), send: hex64(DEV_THRESHOLDS.send) },
};

/** Closes a server when the process is told to end. */
function closeAtEnd(server: { close(): Promise<void> }): void {
  const end = () => void server.close();
  process.once('SIGINT', end).once('SIGTERM', end);
}

if (values.help) {
  console.log(USAGE);
} else if (values.seller !== undefined) {
  const name = sellerNamed(values.seller);
  const seller = await startSeller({ name, network, port: Number(whole('port', values.port)) });
  console.log(`${name} is open at ${seller.origin}

  It sells       ${seller.method} ${seller.url}
  Known for      ${SELLERS[name].says}
  Records        ${seller.origin}/merchant/books

Ctrl+C ends it.`);
  closeAtEnd(seller);
} else {
  const flavour = FLAVOURS.find((known) => known === values.flavour);
  if (flavour === undefined) throw new RangeError(`--flavour takes ${FLAVOURS.join(' or ')}`);
  const priceRaw = whole('price', values.price);
  const merchant = await startMerchant({
    network,
    port: Number(whole('port', values.port)),
    priceRaw,
    flavour,
    expirySeconds: Number(whole('expiry', values.expiry)),
    faults: values.fault.map(faultNamed),
    ...(values.data === undefined ? {} : { dataDir: values.data }),
  });
  console.log(`A merchant is open at ${merchant.origin}

  A visit costs  ${xno(priceRaw)} XNO on ${values.network}
  Paid to        ${merchant.payTo}
  Records        ${merchant.origin}/merchant/books${values.fault.map((name) => `\n  Fault          ${name}`).join('')}

Ctrl+C ends it.`);
  closeAtEnd(merchant);
}
