import type { HandedOverBlocks, HandedOverRecord } from './handed-over-blocks.ts';
import type { Session, Sessions } from './sessions.ts';
import type { SettledPayment, SpentBlocks } from './spent.ts';

/** One request as the merchant saw it. */
export interface RequestRecord {
  /** Unix milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** Whether it brought a proof, in PAYMENT-SIGNATURE or X-Nano-Payment. */
  readonly hadPaymentSignature: boolean;
  /** `Sec-Fetch-Dest`, which only a browser can set; null when absent. */
  readonly dest: string | null;
  /** Null while unanswered, and for ever when the answer was lost. */
  status: number | null;
}

/** One proof that was not honoured. */
export interface RefusalRecord {
  readonly at: number;
  readonly url: string;
  readonly route: string;
  readonly status: number;
  readonly reason: string;
}

/** A session with what became of it. */
export type SessionRecord = Session & { readonly state: 'open' | 'settled' | 'expired' };

/** Everything the merchant knows, as `/merchant/books` shows it. Amounts in raw, times in Unix milliseconds. */
export interface MerchantRecords {
  readonly network: string;
  readonly payTo: string;
  readonly sessions: readonly SessionRecord[];
  readonly payments: readonly SettledPayment[];
  /** Signed blocks that were handed over, and where they are now; `/merchant/books` has them under this name. */
  readonly cheques: readonly HandedOverRecord[];
  readonly refusals: readonly RefusalRecord[];
  readonly requests: readonly RequestRecord[];
}

/** The log of all requests. The registries record the payments. */
export class RequestLog {
  readonly refusals: RefusalRecord[] = [];
  readonly requests: RequestRecord[] = [];

  clear(): void {
    this.refusals.length = 0;
    this.requests.length = 0;
  }
}

/** Collects the records. */
export function collectRecords(
  identity: Pick<MerchantRecords, 'network' | 'payTo'>,
  sessions: Sessions,
  spent: SpentBlocks,
  handedOverBlocks: HandedOverBlocks,
  requestLog: RequestLog,
  now: number,
): MerchantRecords {
  const stateOf = (session: Session): SessionRecord['state'] => {
    if (spent.hasSession(session.id)) return 'settled';
    return now < session.expiresAt ? 'open' : 'expired';
  };
  return {
    ...identity,
    sessions: sessions.all().map((session) => ({ ...session, state: stateOf(session) })),
    payments: spent.all(),
    cheques: handedOverBlocks.all(),
    refusals: [...requestLog.refusals],
    requests: requestLog.requests.map((request) => ({ ...request })),
  };
}
