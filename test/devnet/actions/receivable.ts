import { readAddress, toAddress } from '../address.ts';
import { NodeError } from '../errors.ts';
import type { AccountKey, Hash } from '../hex.ts';
import type { Json } from '../json.ts';
import type { Ledger, Receivable } from '../ledger.ts';
import * as read from '../request.ts';
import { type Action, action } from './action.ts';

const visibility = { include_active: read.flag(false), include_only_confirmed: read.flag(true) };

const selection = {
  count: read.optionalCount,
  threshold: read.threshold,
  source: read.flag(false),
  sorting: read.flag(false),
  ...visibility,
};

interface Visibility {
  readonly include_active: boolean;
  readonly include_only_confirmed: boolean;
}

interface Selection extends Visibility {
  readonly count: number;
  readonly offset?: number;
  readonly threshold: bigint;
  readonly source: boolean;
  readonly sorting: boolean;
}

/** Here every unconfirmed block has an election, and those the node shows only to who asks for them by name. */
function isShown(
  ledger: Ledger,
  hash: Hash,
  { include_active, include_only_confirmed }: Visibility,
): boolean {
  return (include_active && !include_only_confirmed) || ledger.isConfirmedHash(hash);
}

/** Hashes; or amounts by hash when a threshold or sorting is asked for; or amount and source by hash. */
function listOf(ledger: Ledger, account: AccountKey, request: Selection): Json {
  const { count, offset = 0, threshold, source, sorting } = request;
  const sorted = (found: readonly Receivable[]) =>
    sorting ? [...found].sort((a, b) => Number(b.amount > a.amount) - Number(b.amount < a.amount)) : found;
  const chosen = sorted(
    ledger
      .receivables(account)
      .filter(({ hash, amount }) => amount >= threshold && isShown(ledger, hash, request)),
  ).slice(offset, offset + count);
  if (source) {
    const entries = chosen.map(({ hash, amount, source: from }) => [
      hash,
      { amount: String(amount), source: toAddress(from) },
    ]);
    return Object.fromEntries(entries);
  }
  if (threshold > 0n || sorting)
    return Object.fromEntries(chosen.map(({ hash, amount }) => [hash, String(amount)]));
  return chosen.map(({ hash }) => hash);
}

const receivable = action(
  read.fields({ account: read.account, offset: read.offset, ...selection }),
  (request, { ledger }) => ({ blocks: listOf(ledger, request.account, request) }),
);

const accountsReceivable = action(
  read.fields({ accounts: read.texts, ...selection }),
  (request, { ledger }) => {
    const lists = request.accounts.map((address): [string, Json] => {
      const account = readAddress(address);
      if (account === undefined) throw new NodeError('Bad account number');
      return [toAddress(account), listOf(ledger, account, request)];
    });
    return { blocks: Object.fromEntries(lists.filter(([, list]) => Object.keys(list ?? {}).length > 0)) };
  },
);

const receivableExists = action(
  read.fields({ hash: read.hash, ...visibility }),
  ({ hash, ...request }, { ledger }) => {
    const { subtype } = ledger.find(hash);
    const waits = subtype === 'send' && ledger.receiptOf(hash) === undefined;
    return { exists: waits && isShown(ledger, hash, request) ? '1' : '0' };
  },
);

const deprecated =
  (current: Action): Action =>
  async (request, node) => ({ deprecated: '1', ...Object(await current(request, node)) });

/** What a node says of sends that wait for their destination. */
export const receivableActions: Readonly<Record<string, Action>> = {
  receivable,
  pending: deprecated(receivable),
  accounts_receivable: accountsReceivable,
  accounts_pending: deprecated(accountsReceivable),
  receivable_exists: receivableExists,
  pending_exists: deprecated(receivableExists),
};
