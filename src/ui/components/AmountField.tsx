import { type Fault, faultOf } from '../../fault.ts';
import { parseXno, type Raw } from '../../nano/amount.ts';
import { TextField } from './Field.tsx';

/** The content of an amount field: an amount, or the fault in the text. */
export type AmountReading =
  | { readonly kind: 'amount'; readonly raw: Raw }
  | { readonly kind: 'none'; readonly fault: Fault };

/** Reads an amount of XNO as typed, ignoring spaces around it. */
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
  /** Shown when the text itself is a valid amount. */
  readonly fault?: Fault | null;
  readonly testId?: string;
}

/** A labelled field for an amount of XNO. */
export function AmountField(props: AmountFieldProps) {
  const reading = readAmount(props.value);
  const own = props.value !== '' && reading.kind === 'none' ? reading.fault : null;
  return <TextField {...props} numeric fault={own ?? props.fault ?? null} />;
}
