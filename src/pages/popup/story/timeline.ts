import type { PlainMessageKey } from '../../../fault.ts';
import type { PaymentState, PaymentView } from '../../../messages/payment.ts';
import { statusOfStep, type Tone } from '../activity-status.ts';

/** One line of a payment's timeline. */
export interface TimelineStep {
  readonly at: number;
  readonly key: PlainMessageKey;
  readonly tone: Tone;
}

/**
 * What a step is called beside others, where that differs from the name of the state: paid is what the ledger has confirmed,
 * and delivered what the server has served. Null for a step of the purse alone.
 */
const STEPS: Readonly<Partial<Record<PaymentState, PlainMessageKey | null>>> = {
  confirmed: 'popup_step_paid',
  proven: null,
  delivered: 'popup_step_shown',
  settled: 'popup_step_delivered',
};

/** Returns what happened to a payment, in the order in which it happened. */
export function timelineOf({ story }: Pick<PaymentView, 'story'>): readonly TimelineStep[] {
  return story.flatMap(({ state, at, ...rest }, index) => {
    const { key, tone } = statusOfStep({ state, ...rest });
    const isSignedAgain = state === 'signed' && story.slice(0, index).some((one) => one.state === 'signed');
    const name = isSignedAgain ? 'popup_signedAgain' : rest.pending ? key : STEPS[state];
    return name === null ? [] : [{ at, key: name ?? key, tone }];
  });
}
