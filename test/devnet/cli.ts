import { parseArgs } from 'node:util';
import { type Devnet, startDevnet } from './devnet.ts';

const USAGE = `Usage: npm run devnet -- [options]
  --rpc-port N          JSON-RPC port (45000; 0 takes a free one)
  --ws-port N           WebSocket port (47000; 0 takes a free one)
  --delay MS            from a block's acceptance to its confirmation (120)
  --live-work           ask for the live network's proof of work
  --no-work-generation  do not serve work_generate
  --network ID          CAIP-2 id to report (nano:devnet)`;

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
}

async function start(): Promise<Devnet | undefined> {
  const { values } = parseArgs({
    options: {
      'rpc-port': { type: 'string', default: '45000' },
      'ws-port': { type: 'string', default: '47000' },
      delay: { type: 'string', default: '120' },
      'live-work': { type: 'boolean', default: false },
      'no-work-generation': { type: 'boolean', default: false },
      network: { type: 'string', default: 'nano:devnet' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return startDevnet({
    rpcPort: whole('rpc-port', values['rpc-port']),
    wsPort: whole('ws-port', values['ws-port']),
    confirmationDelayMs: whole('delay', values.delay),
    liveWork: values['live-work'],
    workGeneration: !values['no-work-generation'],
    networkId: values.network,
  });
}

function greeting({ profile, rpcUrl, wsUrl, elections }: Devnet): string {
  return `Nano devnet "${profile.id}" is running. Its money is worth nothing.

  JSON-RPC   ${rpcUrl}
  WebSocket  ${wsUrl}
  Work       ${profile.thresholds.send} for a send, ${profile.thresholds.receive} for a receive
  Confirms   after ${elections.delayMs} ms

  Fund an account with one XNO:
    curl -d '{"action":"devnet_faucet","account":"nano_...","amount":"1${'0'.repeat(30)}"}' ${rpcUrl}

Ctrl+C ends it.`;
}

try {
  const devnet = await start();
  console.log(devnet === undefined ? USAGE : greeting(devnet));
  const end = () => void devnet?.close();
  process.once('SIGINT', end).once('SIGTERM', end);
} catch (cause) {
  console.error(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`);
  process.exitCode = 1;
}
