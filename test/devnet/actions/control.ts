import * as v from 'valibot';
import { toAddress } from '../address.ts';
import { readRaw } from '../block.ts';
import { faultSchema } from '../faults.ts';
import * as read from '../request.ts';
import { type Action, action } from './action.ts';

const hashOnly = read.fields({ hash: read.hash });

const faucet = action(
  read.fields({
    account: read.account,
    amount: v.pipe(v.string(), v.transform(readRaw), v.bigint('amount: not raw')),
  }),
  async ({ account, amount }, node) => ({ hash: await node.faucet.send(account, amount) }),
);

const kinds = faultSchema.options.map((option) => option.entries.kind);

const faults = action(
  v.object({
    set: v.exactOptional(
      v.union([
        v.pipe(
          faultSchema,
          v.transform((one) => [one]),
        ),
        v.array(faultSchema),
      ]),
    ),
    clear: v.exactOptional(v.union([v.literal('all'), ...kinds])),
  }),
  ({ set = [], clear }, node) => {
    if (clear === 'all') node.faults.clear();
    else if (clear !== undefined) node.faults.clear(clear);
    node.faults.set(...set);
    return { faults: node.faults.list().map((fault) => ({ ...fault })) };
  },
);

const confirm = action(hashOnly, ({ hash }, { ledger, elections }) => {
  elections.confirm(ledger.find(hash).hash);
  return { confirmed: hash };
});

const confirmationDelay = action(
  v.object({ ms: v.pipe(v.number(), v.minValue(0)) }),
  ({ ms }, { elections }) => {
    elections.delayMs = ms;
    return { ms };
  },
);

const rollback = action(hashOnly, ({ hash }, { ledger, elections }) => {
  const removed = ledger.rollback(ledger.find(hash).hash);
  for (const entry of removed) elections.cancel(entry.hash);
  return { removed: removed.map((entry) => entry.hash) };
});

const accountBlocks = action(read.fields({ account: read.account }), ({ account }, { ledger }) => ({
  blocks: ledger.chain(account).map((entry) => ({
    hash: entry.hash,
    subtype: entry.subtype,
    amount: String(entry.amount),
    balance: String(entry.block.balance),
    link: entry.block.link,
    confirmed: ledger.isConfirmed(entry),
  })),
}));

const stats = action(v.object({}), (_, { stats, ledger }) => ({
  actions: { ...stats.counts() },
  accepted: stats.accepted,
  blocks: Object.fromEntries(
    ledger.accounts().map((account) => [toAddress(account), ledger.chain(account).length]),
  ),
  log: stats.log().map((line) => ({ ...line })),
}));

const reset = action(v.object({}), (_, node) => {
  node.elections.cancelAll();
  node.workDesk.cancelAll();
  node.faults.clear();
  node.ledger.reset();
  node.stats.reset();
  return { reset: true };
});

/** What only a devnet does. These never suffer from faults. */
export const controlActions: Readonly<Record<string, Action>> = {
  devnet_faucet: faucet,
  devnet_faults: faults,
  devnet_confirm: confirm,
  devnet_confirmation_delay: confirmationDelay,
  devnet_rollback: rollback,
  devnet_account_blocks: accountBlocks,
  devnet_stats: stats,
  devnet_reset: reset,
};
