import type { Fault } from '../../fault.ts';
import { parseXno, type Raw } from '../../nano/amount.ts';
import { faultOf } from '../query.ts';
import { TextField } from './Field.tsx';

/** What stands in an amount's box: an amount, or why it is none. */
export type AmountReading =
  | { readonly kind: 'amount'; readonly raw: Raw }
  | { readonly kind: 'none'; readonly fault: Fault };

/** Reads an amount of XNO as typed; spaces around it do not matter. */
export function readAmount(text: string): AmountReading {
  try {
    return { kind: 'amount', raw: parseXno(text.trim()) };
  } catch (error) {
    return { kind: 'none', fault: faultOf(error) };
  }
}

interface AmountFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  /** Said instead of the reading's own fault. */
  readonly fault?: Fault | null;
  readonly testId?: string;
}

/** A box for an amount of XNO. */
export function AmountField(props: AmountFieldProps) {
  const reading = readAmount(props.value);
  const own = props.value !== '' && reading.kind === 'none' ? reading.fault : null;
  return <TextField {...props} numeric fault={own ?? props.fault ?? null} />;
}
