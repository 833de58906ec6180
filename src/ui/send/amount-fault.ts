import { Fault } from '../../fault.ts';
import type { RawString } from '../../messages/fields.ts';
import { parseBalance } from '../../nano/amount.ts';
import { enoughXno } from '../format.ts';
import { readAmount } from '../typed-amount.ts';

/** Returns why an amount, as typed in XNO, cannot be sent; null where it can. @param balance null while it is not known */
export function amountFault(balance: RawString | null, text: string): Fault | null {
  const reading = readAmount(text);
  if (reading.kind === 'none') return reading.fault;
  if (reading.raw === 0n) return new Fault('fault_badAmount');
  return balanceFault(balance, reading.raw.toString());
}

/** Returns the Fault of a balance that is too small for an amount; null where it is enough, or not known. */
export function balanceFault(balance: RawString | null, amount: RawString): Fault | null {
  if (balance === null) return null;
  const missing = parseBalance(amount) - parseBalance(balance);
  return missing > 0n ? new Fault('fault_insufficient', [enoughXno(missing.toString())]) : null;
}
