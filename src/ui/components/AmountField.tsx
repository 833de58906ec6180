import type { Fault } from '../../fault.ts';
import { readAmount } from '../typed-amount.ts';
import { TextField } from './Field.tsx';

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
