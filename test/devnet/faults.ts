import * as v from 'valibot';
import { readAddress } from './address.ts';
import { readRaw } from './block.ts';
import { type AccountKey, readHex32 } from './hex.ts';

const milliseconds = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const address = v.pipe(
  v.string(),
  v.check((text) => readAddress(text) !== undefined, 'not an address'),
);
const raw = v.pipe(
  v.string(),
  v.check((text) => readRaw(text) !== undefined, 'not an amount in raw'),
);
const signedRaw = v.pipe(
  v.string(),
  v.check((text) => readRaw(text.replace(/^-/, '')) !== undefined, 'not an amount in raw'),
);
const hash = v.pipe(
  v.string(),
  v.check((text) => readHex32(text) !== undefined, 'not a hash'),
);

/** Narrows a fault: to one action, to one account, to its first so many uses. */
const limits = {
  action: v.exactOptional(v.string()),
  account: v.exactOptional(address),
  times: v.exactOptional(count),
};

/** A lie about an amount: so much more or less than the truth, or this much instead. Raw, in decimal. */
const lie = { offset: v.exactOptional(signedRaw), absolute: v.exactOptional(raw) };

export const faultSchema = v.variant('kind', [
  /** Waits before doing anything. */
  v.object({ kind: v.literal('latency'), ms: milliseconds, ...limits }),
  /** Destroys the connection before the request is looked at. */
  v.object({ kind: v.literal('drop_request'), ...limits }),
  /** Does what was asked (unless refused), then destroys the connection instead of answering. */
  v.object({ kind: v.literal('drop_reply_after_accepting'), ...limits }),
  /** Answers this HTTP status without doing anything. */
  v.object({
    kind: v.literal('http_status'),
    status: v.pipe(count, v.minValue(200), v.maxValue(599)),
    ...limits,
  }),
  /** Answers the first half of the JSON, as a complete HTTP response. */
  v.object({ kind: v.literal('truncated_json'), ...limits }),
  /** Answers a few bytes at a time. */
  v.object({ kind: v.literal('slow_drip'), everyMs: milliseconds, bytes: count, ...limits }),
  /** Another balance in account_info, accounts_balances and block_info; with `contents` in the block shown too. */
  v.object({ kind: v.literal('lie_balance'), contents: v.exactOptional(v.boolean()), ...lie, ...limits }),
  /** account_info as it was `back` blocks ago (1 unless told). */
  v.object({ kind: v.literal('stale_frontier'), back: v.exactOptional(count), ...limits }),
  /** account_info with the frontier of another account. */
  v.object({ kind: v.literal('foreign_frontier'), of: address, ...limits }),
  /** Another amount in receivable and accounts_receivable. */
  v.object({ kind: v.literal('lie_receivable_amount'), ...lie, ...limits }),
  /** process takes the block but answers another hash (a random one unless told). */
  v.object({ kind: v.literal('process_other_hash'), hash: v.exactOptional(hash), ...limits }),
  /** An accepted block stays unconfirmed. */
  v.object({ kind: v.literal('never_confirm'), ...limits }),
  /** `process` answers as if it had taken the block and the WebSocket confirms it, but the ledger never has it. */
  v.object({ kind: v.literal('confirm_never_seen'), ...limits }),
  /** The WebSocket is open but mute, or ends its connections and refuses new ones, of which `times` counts. */
  v.object({ kind: v.literal('websocket_dead'), how: v.picklist(['mute', 'closed']), ...limits }),
]);

/** Something a test asks the devnet to do wrong. */
export type DevnetFault = v.InferOutput<typeof faultSchema>;

/** The name of a fault. */
export type FaultKind = DevnetFault['kind'];

/** The fault with this name. */
export type FaultOf<Kind extends FaultKind> = Extract<DevnetFault, { readonly kind: Kind }>;

/** The faults in force, oldest first. */
export class FaultBox {
  #faults: readonly DevnetFault[] = [];
  readonly #listeners = new Set<() => void>();

  /** Puts faults into force until they are used up or cleared. */
  set(...faults: readonly DevnetFault[]): void {
    this.#replace([...this.#faults, ...faults]);
  }

  /** Ends the faults of one kind, or all. */
  clear(kind?: FaultKind): void {
    this.#replace(kind === undefined ? [] : this.#faults.filter((fault) => fault.kind !== kind));
  }

  /** The faults in force, with the uses they have left. */
  list(): readonly DevnetFault[] {
    return this.#faults;
  }

  /** Calls the listener whenever the faults in force change. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** The first fault of this kind that is meant for the action and account; uses it up by one. */
  take<Kind extends FaultKind>(kind: Kind, action?: string, account?: AccountKey): FaultOf<Kind> | undefined {
    const fault = this.peek(kind, action, account);
    if (fault?.times === undefined) return fault;
    const left = fault.times - 1;
    this.#replace(
      this.#faults.flatMap((each) => {
        if (each !== fault) return [each];
        return left === 0 ? [] : [{ ...each, times: left }];
      }),
    );
    return fault;
  }

  /** Like `take`, without using it up. */
  peek<Kind extends FaultKind>(kind: Kind, action?: string, account?: AccountKey): FaultOf<Kind> | undefined {
    return this.#faults
      .filter((fault): fault is FaultOf<Kind> => fault.kind === kind)
      .find(
        (fault) =>
          (fault.action === undefined || fault.action === action) &&
          (fault.account === undefined || readAddress(fault.account) === account),
      );
  }

  #replace(faults: readonly DevnetFault[]): void {
    this.#faults = faults;
    for (const listener of this.#listeners) listener();
  }
}
