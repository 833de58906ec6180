import type { PlainMessageKey } from '../../fault.ts';
import type { ExchangeStory } from '../../messages/exchange.ts';
import type { PaymentState } from '../../messages/payment.ts';

/** A span of an exchange's time with what it was spent on. Both ends are in ms since the epoch. */
export interface Span {
  readonly name: PlainMessageKey;
  readonly from: number;
  readonly to: number;
}

/** The part of an exchange that ends when a payment reaches a state. */
const BEFORE: Readonly<Partial<Record<PaymentState, PlainMessageKey>>> = {
  signed: 'devtools_span_sign',
  published: 'devtools_span_publish',
  confirmed: 'devtools_span_confirm',
  proven: 'devtools_span_prove',
  delivered: 'devtools_span_send',
  settled: 'devtools_span_answer',
  refused: 'devtools_span_answer',
  unanswered: 'devtools_span_answer',
};

/**
 * Returns the spans of an exchange in order, without gaps. The time before the exchange of a payment made earlier does
 * not count.
 */
export function spansOf({ at, steps, paid }: ExchangeStory): readonly Span[] {
  const asked = steps.some((step) => step.kind === 'decided' && step.how === 'ask');
  const marks: { readonly name: PlainMessageKey; readonly at: number }[] = [];
  for (const step of steps) {
    if (step.kind === 'decided' && marks.length === 0)
      marks.push({ name: 'devtools_span_look', at: step.at });
    if (step.kind === 'left') {
      marks.push({ name: asked ? 'devtools_span_ask' : 'devtools_span_look', at: step.at });
    }
  }
  for (const { state, at: when } of paid?.story ?? []) {
    const name =
      state === 'approved' ? (asked ? 'devtools_span_ask' : 'devtools_span_reserve') : BEFORE[state];
    if (name !== undefined && when >= at) marks.push({ name, at: when });
  }
  const spans: Span[] = [];
  let from = at;
  for (const mark of marks.sort((one, other) => one.at - other.at)) {
    if (mark.at > from) spans.push({ name: mark.name, from, to: mark.at });
    from = Math.max(from, mark.at);
  }
  return spans;
}

/** Returns how long an exchange took so far (ms). */
export function lengthOf(spans: readonly Span[]): number {
  const [first, last] = [spans[0], spans.at(-1)];
  return first === undefined || last === undefined ? 0 : last.to - first.from;
}
