import { parseArgs } from 'node:util';
import { DEV_THRESHOLDS, hex64 } from '../devnet/work.ts';
import { startMerchant } from './merchant.ts';
import { xno } from './pages/article.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4020' },
    rpc: { type: 'string', multiple: true, default: ['http://127.0.0.1:45000'] },
    network: { type: 'string', default: 'nano:devnet' },
    price: { type: 'string', default: String(10n ** 28n) },
    expiry: { type: 'string', default: '180' },
    data: { type: 'string' },
  },
});

const priceRaw = BigInt(values.price);
const merchant = await startMerchant({
  network: {
    id: values.network,
    rpcUrls: values.rpc,
    thresholds: { receive: hex64(DEV_THRESHOLDS.receive) },
  },
  port: Number(values.port),
  priceRaw,
  expirySeconds: Number(values.expiry),
  ...(values.data === undefined ? {} : { dataDir: values.data }),
});

console.log(`${merchant.origin}  ${xno(priceRaw)} XNO a visit on ${values.network}`);
console.log(`paid to ${merchant.payTo}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void merchant.close());
