import * as read from '../request.ts';
import { hex64 } from '../work.ts';
import { type Action, action } from './action.ts';

const NODE_VERSION = '27.1';

const version = action(read.fields({}), (_, { networkId, ledger }) => ({
  rpc_version: '1',
  store_version: '24',
  protocol_version: '21',
  node_vendor: `Nano V${NODE_VERSION}`,
  store_vendor: 'memory',
  network: networkId,
  network_identifier: ledger.chain(ledger.genesis)[0]?.hash,
  build_info: 'Nano Purse devnet',
}));

const telemetry = action(read.fields({}), (_, { ledger }) => {
  const { blocks, confirmed } = ledger.counts();
  const [major, minor] = NODE_VERSION.split('.');
  return {
    block_count: String(blocks),
    cemented_count: String(confirmed),
    unchecked_count: '0',
    account_count: String(ledger.accounts().length),
    peer_count: '0',
    protocol_version: '21',
    uptime: String(Math.floor(performance.now() / 1000)),
    genesis_block: ledger.chain(ledger.genesis)[0]?.hash,
    major_version: major,
    minor_version: minor,
    patch_version: '0',
    timestamp: String(Date.now()),
    active_difficulty: hex64(ledger.thresholds.send),
  };
});

/** What a node says of itself. */
export const networkActions: Readonly<Record<string, Action>> = { version, telemetry };
