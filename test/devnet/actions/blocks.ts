import { toAddress } from '../address.ts';
import { blockToJson } from '../block.ts';
import { NodeError } from '../errors.ts';
import { readHex32, ZERO } from '../hex.ts';
import type { JsonObject } from '../json.ts';
import type { Entry, Ledger } from '../ledger.ts';
import * as read from '../request.ts';
import { type Action, action } from './action.ts';

function infoOf(entry: Entry, ledger: Ledger, jsonBlock: boolean): JsonObject {
  const { block, amount, height, timestamp, subtype } = entry;
  const contents = blockToJson(block);
  return {
    block_account: toAddress(block.account),
    amount: String(amount),
    balance: String(block.balance),
    height: String(height),
    local_timestamp: String(timestamp),
    successor: ledger.successor(entry)?.hash ?? ZERO,
    confirmed: String(ledger.isConfirmed(entry)),
    contents: jsonBlock ? { ...contents } : JSON.stringify(contents, null, 4),
    subtype,
  };
}

const blockInfo = action(
  read.fields({ hash: read.hash, json_block: read.flag(false) }),
  ({ hash, json_block }, { ledger }) => infoOf(ledger.find(hash), ledger, json_block),
);

const blocksInfo = action(
  read.fields({
    hashes: read.texts,
    json_block: read.flag(false),
    pending: read.flag(false),
    receivable: read.flag(false),
    receive_hash: read.flag(false),
    source: read.flag(false),
    include_not_found: read.flag(false),
  }),
  (request, { ledger }) => {
    const blocks: [string, JsonObject][] = [];
    const missing: string[] = [];
    for (const text of request.hashes) {
      const hash = readHex32(text);
      if (hash === undefined) throw new NodeError('Bad hash number');
      const entry = ledger.entry(hash);
      if (entry !== undefined)
        blocks.push([text, { ...infoOf(entry, ledger, request.json_block), ...extras(entry) }]);
      else if (request.include_not_found) missing.push(text);
      else throw new NodeError('Block not found');
    }
    return {
      blocks: Object.fromEntries(blocks),
      ...(request.include_not_found && { blocks_not_found: missing }),
    };

    function extras({ hash, subtype, block }: Entry): JsonObject {
      const receipt = ledger.receiptOf(hash);
      const waits = subtype === 'send' && receipt === undefined ? '1' : '0';
      const source = subtype === 'receive' ? ledger.entry(block.link) : undefined;
      return {
        ...((request.receivable || request.pending) && { pending: waits, receivable: waits }),
        ...(request.receive_hash && { receive_hash: receipt ?? ZERO }),
        ...(request.source && {
          source_account: source === undefined ? '0' : toAddress(source.block.account),
        }),
      };
    }
  },
);

const blockAccount = action(read.fields({ hash: read.hash }), ({ hash }, { ledger }) => ({
  account: toAddress(ledger.find(hash).block.account),
}));

const blockConfirm = action(read.fields({ hash: read.hash }), ({ hash }, { ledger, elections }) => {
  const entry = ledger.find(hash);
  if (ledger.isConfirmed(entry)) elections.announce(entry, 'active_confirmation_height');
  else elections.start(entry);
  return { started: '1' };
});

const blockCount = action(read.fields({}), (_, { ledger }) => {
  const { blocks, confirmed } = ledger.counts();
  return { count: String(blocks), unchecked: '0', cemented: String(confirmed) };
});

/** What a node says of blocks. */
export const blockActions: Readonly<Record<string, Action>> = {
  block_info: blockInfo,
  blocks_info: blocksInfo,
  block_account: blockAccount,
  block_confirm: blockConfirm,
  block_count: blockCount,
};
