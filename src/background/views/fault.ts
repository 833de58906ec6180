import type { Fault } from '../../fault.ts';
import type { FaultView } from '../../messages/fault-view.ts';
import { type HandedOver, handedOverFault } from '../../wallet/own-block.ts';

/** A fault in the form that pages get; null for none. */
export function faultView(fault: Fault | null): FaultView | null {
  return fault && { key: fault.key, args: fault.args };
}

/** Why an account cannot pay: a site has a signed block of it and has not published it. Null where no site has. */
export function handedOverView(holder: HandedOver | null): FaultView | null {
  return faultView(holder && handedOverFault(holder));
}
