import { parseArgs } from 'node:util';
import { DEV_THRESHOLDS, hex64 } from '../devnet/work.ts';
import { FAULTS, type FaultName, isFaultName } from './faults.ts';
import { FLAVOURS } from './flavour.ts';
import { startMerchant } from './merchant.ts';
import { xno } from './pages/article.ts';

const USAGE = `Usage: npm run merchant -- [options]
  --port N      port to listen on (4020; 0 takes a free one)
  --rpc URL     Nano node; may repeat (http://127.0.0.1:45000, the devnet)
  --network ID  CAIP-2 id to ask for money on (nano:devnet)
  --price RAW   what a visit costs (0.01 XNO)
  --expiry S    seconds an offer lives (180)
  --flavour F   spec, or reference: as the reference servers write their answers (spec)
  --fault NAME  leaves out a check, for whatever is to find that out; may repeat (none)
  --data DIR    where account, sessions and payments are kept (a temporary folder)

Faults, each with the probe that finds it:
${Object.entries(FAULTS)
  .map(([name, [probe, says]]) => `  ${name.padEnd(20)} ${probe.padEnd(4)} ${says}`)
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

if (values.help) {
  console.log(USAGE);
} else {
  const flavour = FLAVOURS.find((known) => known === values.flavour);
  if (flavour === undefined) throw new RangeError(`--flavour takes ${FLAVOURS.join(' or ')}`);
  const priceRaw = whole('price', values.price);
  const merchant = await startMerchant({
    network: {
      id: values.network,
      rpcUrls: values.rpc,
      thresholds: { receive: hex64(DEV_THRESHOLDS.receive), send: hex64(DEV_THRESHOLDS.send) },
    },
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
  const end = () => void merchant.close();
  process.once('SIGINT', end).once('SIGTERM', end);
}
