import * as v from 'valibot';
import type { Elections } from '../elections.ts';
import { DevnetError } from '../errors.ts';
import type { Faucet } from '../faucet.ts';
import type { FaultBox } from '../faults.ts';
import type { Json } from '../json.ts';
import type { Ledger } from '../ledger.ts';
import type { Stats } from '../stats.ts';
import type { WorkDesk } from '../work-desk.ts';

/** Everything an action may touch. */
export interface Node {
  readonly networkId: string;
  readonly ledger: Ledger;
  readonly elections: Elections;
  readonly workDesk: WorkDesk;
  readonly faucet: Faucet;
  readonly faults: FaultBox;
  readonly stats: Stats;
}

/** Answers a request's JSON; throws `NodeError` to refuse. */
export type Action = (request: Readonly<Record<string, unknown>>, node: Node) => Json | Promise<Json>;

/** An action that reads its request by a schema; what is wrong first is what the refusal says. */
export function action<Schema extends v.GenericSchema>(
  schema: Schema,
  answer: (request: v.InferOutput<Schema>, node: Node) => Json | Promise<Json>,
): Action {
  return (request, node) => {
    const result = v.safeParse(schema, request);
    if (!result.success) throw new DevnetError(result.issues[0].message);
    return answer(result.output, node);
  };
}
