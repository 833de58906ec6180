import { readAddress } from './address.ts';
import type { FaultBox, FaultOf } from './faults.ts';
import { type AccountKey, readHex32, toHex32 } from './hex.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Ledger } from './ledger.ts';

/** What a lie may look at. */
interface Truth {
  readonly ledger: Ledger;
  readonly faults: FaultBox;
}

/** The answer to an action, made false as the faults in force ask. Refusals stay as they are. */
export function tellLies(
  action: string,
  request: Readonly<Record<string, unknown>>,
  answer: Json,
  truth: Truth,
): Json {
  if (!isAnswer(answer) || 'error' in answer) return answer;
  switch (action) {
    case 'account_info':
      return aboutAccount(accountIn(request), answer, truth);
    case 'block_info':
      return aboutBlock(answer, truth);
    case 'accounts_balances':
      return {
        ...answer,
        balances: mapAccounts(answer.balances, (one, account) => aboutBalance(action, account, one, truth)),
      };
    case 'receivable':
      return { ...answer, blocks: aboutReceivable(action, accountIn(request), answer.blocks, truth) };
    case 'accounts_receivable':
      return {
        ...answer,
        blocks: mapAccounts(answer.blocks, (one, account) => aboutReceivable(action, account, one, truth)),
      };
    case 'process':
      return aboutProcess(answer, truth);
    default:
      return answer;
  }
}

function isAnswer(value: Json | undefined): value is JsonObject {
  return isObject(value);
}

function accountIn(request: Readonly<Record<string, unknown>>): AccountKey | undefined {
  return typeof request.account === 'string' ? readAddress(request.account) : undefined;
}

function mapAccounts(answers: Json | undefined, lie: (answer: Json, account?: AccountKey) => Json): Json {
  if (!isAnswer(answers)) return answers ?? '';
  const told = Object.entries(answers).map(([address, one]): [string, Json] => [
    address,
    lie(one ?? '', readAddress(address)),
  ]);
  return Object.fromEntries(told);
}

function aboutAccount(
  account: AccountKey | undefined,
  answer: JsonObject,
  { ledger, faults }: Truth,
): JsonObject {
  if (account === undefined) return answer;
  const stale = faults.take('stale_frontier', 'account_info', account);
  const foreign = faults.take('foreign_frontier', 'account_info', account);
  const older = stale === undefined ? undefined : ledger.chain(account).at(-1 - (stale.back ?? 1));
  const other = foreign === undefined ? undefined : ledger.head(readAddress(foreign.of) ?? account);
  const entry = other ?? older;
  const shown =
    entry === undefined
      ? answer
      : {
          ...answer,
          frontier: entry.hash,
          representative_block: entry.hash,
          balance: String(entry.block.balance),
          block_count: String(entry.height),
        };
  return aboutBalance('account_info', account, shown, { ledger, faults });
}

function aboutBalance(
  action: string,
  account: AccountKey | undefined,
  answer: Json,
  { faults }: Truth,
): JsonObject {
  if (!isAnswer(answer)) return {};
  const lie = faults.take('lie_balance', action, account);
  if (lie === undefined) return answer;
  const told = ['balance', 'confirmed_balance'].flatMap((name): [string, string][] => {
    const truth = answer[name];
    return typeof truth === 'string' ? [[name, bend(truth, lie)]] : [];
  });
  return { ...answer, ...Object.fromEntries(told) };
}

function aboutBlock(answer: JsonObject, { faults }: Truth): JsonObject {
  const { block_account: address, balance, contents } = answer;
  if (typeof address !== 'string' || typeof balance !== 'string') return answer;
  const lie = faults.take('lie_balance', 'block_info', readAddress(address));
  if (lie === undefined) return answer;
  const told = bend(balance, lie);
  const inside = lie.contents === true && isAnswer(contents) ? { ...contents, balance: told } : contents;
  return { ...answer, balance: told, contents: inside };
}

function aboutReceivable(
  action: string,
  account: AccountKey | undefined,
  blocks: Json | undefined,
  { faults }: Truth,
): Json {
  if (!isAnswer(blocks)) return blocks ?? '';
  const lie = faults.take('lie_receivable_amount', action, account);
  if (lie === undefined) return blocks;
  const told = Object.entries(blocks).map(([hash, one]): [string, Json] => {
    if (isAnswer(one)) return [hash, { ...one, amount: bend(String(one.amount), lie) }];
    return [hash, bend(String(one), lie)];
  });
  return Object.fromEntries(told);
}

function aboutProcess(answer: JsonObject, { ledger, faults }: Truth): JsonObject {
  const hash = typeof answer.hash === 'string' ? readHex32(answer.hash) : undefined;
  const account = hash === undefined ? undefined : ledger.entry(hash)?.block.account;
  const lie = faults.take('process_other_hash', 'process', account);
  if (lie === undefined) return answer;
  return { ...answer, hash: lie.hash ?? toHex32(crypto.getRandomValues(new Uint8Array(32))) };
}

function bend(truth: string, lie: FaultOf<'lie_balance'> | FaultOf<'lie_receivable_amount'>): string {
  return lie.absolute ?? String(BigInt(truth) + BigInt(lie.offset ?? '0'));
}
