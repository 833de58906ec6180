import * as v from 'valibot';
import { readAddress, toAddress } from '../address.ts';
import { NodeError, type NodeErrorText } from '../errors.ts';
import { type AccountKey, type Hash, ZERO } from '../hex.ts';
import type { JsonObject } from '../json.ts';
import type { Entry, Ledger } from '../ledger.ts';
import * as read from '../request.ts';
import { hex64 } from '../work.ts';
import { type Action, action } from './action.ts';

const ACCOUNT_VERSION = '2';

/** The account's newest block; refuses when there is none. */
function headOf(ledger: Ledger, account: AccountKey): Entry {
  const head = ledger.head(account);
  if (head === undefined) throw new NodeError('Account not found');
  return head;
}

/** The sum of what waits for the account, in raw. */
function receivableOf(ledger: Ledger, account: AccountKey, onlyConfirmed: boolean): bigint {
  return ledger
    .receivables(account)
    .filter(({ hash }) => !onlyConfirmed || ledger.isConfirmedHash(hash))
    .reduce((sum, { amount }) => sum + amount, 0n);
}

const accountInfo = action(
  read.fields({
    account: read.account,
    representative: read.flag(false),
    weight: read.flag(false),
    pending: read.flag(false),
    receivable: v.optional(v.unknown()),
    include_confirmed: read.flag(false),
  }),
  (request, { ledger }) => {
    const { account, include_confirmed: confirmed } = request;
    const wantsReceivable = v.parse(read.flag(request.pending), request.receivable);
    const head = headOf(ledger, account);
    const settled = ledger.confirmedHead(account);
    const height = String(settled?.height ?? 0);
    const frontier = settled?.hash ?? ZERO;
    return {
      frontier: head.hash,
      open_block: ledger.chain(account)[0]?.hash,
      representative_block: head.hash,
      balance: String(head.block.balance),
      ...(confirmed && { confirmed_balance: String(settled?.block.balance ?? 0n) }),
      modified_timestamp: String(head.timestamp),
      block_count: String(head.height),
      account_version: ACCOUNT_VERSION,
      ...(confirmed
        ? { confirmed_height: height, confirmed_frontier: frontier }
        : { confirmation_height: height, confirmation_height_frontier: frontier }),
      ...(request.representative && {
        representative: toAddress(head.block.representative),
        ...(confirmed && { confirmed_representative: toAddress(settled?.block.representative ?? ZERO) }),
      }),
      ...(request.weight && { weight: String(ledger.weight(account)) }),
      ...(wantsReceivable && {
        ...bothNames(receivableOf(ledger, account, false)),
        ...(confirmed && bothNames(receivableOf(ledger, account, true), 'confirmed_')),
      }),
    };
  },
);

/** The node answers the old name and the new. */
function bothNames(amount: bigint, prefix = ''): JsonObject {
  return { [`${prefix}pending`]: String(amount), [`${prefix}receivable`]: String(amount) };
}

const balances = { include_only_confirmed: read.flag(true) };

function balanceOf(ledger: Ledger, account: AccountKey, onlyConfirmed: boolean): JsonObject {
  const newest = onlyConfirmed ? ledger.confirmedHead(account) : ledger.head(account);
  return {
    balance: String(newest?.block.balance ?? 0n),
    ...bothNames(receivableOf(ledger, account, onlyConfirmed)),
  };
}

const accountBalance = action(
  read.fields({ account: read.account, ...balances }),
  ({ account, include_only_confirmed }, { ledger }) => balanceOf(ledger, account, include_only_confirmed),
);

/** Answers for each address under `name`, and refusals under `errors`, each only when there is one. */
function forEach(
  name: string,
  addresses: readonly string[],
  answer: (account: AccountKey) => JsonObject | string,
): JsonObject {
  const answers: [string, JsonObject | string][] = [];
  const errors: [string, NodeErrorText][] = [];
  for (const address of addresses) {
    const account = readAddress(address);
    if (account === undefined) errors.push([address, 'Bad account number']);
    else answers.push([address, answer(account)]);
  }
  if (answers.length + errors.length === 0) throw new NodeError('Empty response');
  return {
    ...(answers.length > 0 && { [name]: Object.fromEntries(answers) }),
    ...(errors.length > 0 && { errors: Object.fromEntries(errors) }),
  };
}

const accountsBalances = action(
  read.fields({ accounts: read.texts, ...balances }),
  ({ accounts, include_only_confirmed }, { ledger }) =>
    forEach('balances', accounts, (account) => balanceOf(ledger, account, include_only_confirmed)),
);

const accountRepresentative = action(read.fields({ account: read.account }), ({ account }, { ledger }) => ({
  representative: toAddress(headOf(ledger, account).block.representative),
}));

const accountHistory = action(
  read.fields({
    account: v.exactOptional(read.account),
    head: v.exactOptional(read.text),
    count: read.count,
    offset: read.offset,
    reverse: read.flag(false),
    raw: read.flag(false),
  }),
  (request, { ledger }) => {
    const { account, entries } = startOfHistory(request, ledger);
    const shown: JsonObject[] = [];
    let { offset } = request;
    let next: Hash | undefined;
    for (const entry of entries) {
      if (shown.length === request.count) {
        next = entry.hash;
        break;
      }
      if (offset > 0) offset -= 1;
      else if (request.raw || entry.subtype !== 'change') shown.push(historyOf(entry, ledger, request.raw));
    }
    return {
      account: toAddress(account),
      history: shown,
      ...(next !== undefined && { [request.reverse ? 'next' : 'previous']: next }),
    };
  },
);

function startOfHistory(
  request: { readonly account?: AccountKey; readonly head?: string; readonly reverse: boolean },
  ledger: Ledger,
): { readonly account: AccountKey; readonly entries: readonly Entry[] } {
  const head = request.head === undefined ? undefined : ledger.find(request.head);
  const account = head?.block.account ?? request.account;
  if (account === undefined) throw new NodeError('Unable to parse JSON');
  const chain = ledger.chain(account);
  if (request.reverse) {
    headOf(ledger, account);
    return { account, entries: chain.slice((head?.height ?? 1) - 1) };
  }
  return { account, entries: chain.slice(0, head?.height ?? chain.length).reverse() };
}

function historyOf(entry: Entry, ledger: Ledger, raw: boolean): JsonObject {
  const { block, hash, subtype, amount, height, timestamp } = entry;
  const source = ledger.entry(block.link)?.block.account;
  const other = subtype === 'send' ? block.link : (source ?? ledger.genesis);
  return {
    ...(raw && {
      type: 'state',
      representative: toAddress(block.representative),
      link: block.link,
      balance: String(block.balance),
      previous: block.previous,
    }),
    [raw ? 'subtype' : 'type']: subtype,
    ...(subtype !== 'change' && { account: toAddress(other), amount: String(amount) }),
    local_timestamp: String(timestamp),
    height: String(height),
    hash,
    confirmed: String(ledger.isConfirmed(entry)),
    ...(raw && { work: hex64(block.work), signature: block.signature }),
  };
}

/** What a node says of accounts. */
export const accountActions: Readonly<Record<string, Action>> = {
  account_info: accountInfo,
  account_balance: accountBalance,
  accounts_balances: accountsBalances,
  account_representative: accountRepresentative,
  account_history: accountHistory,
};
