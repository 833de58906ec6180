import type { Exchanges } from '../exchanges/exchanges.ts';
import type { Interception } from '../interception/interception.ts';
import type { PaymentRunnerPorts } from '../payments/payment-runner.ts';
import { postTo } from './own-requests.ts';

/**
 * The two ways to send a proof, each with the server's response recorded.
 *
 * @param delivered called when a tab's request was answered.
 */
export function recordedDelivery(
  interception: Pick<Interception, 'deliver'>,
  exchanges: Exchanges,
  delivered: (tabId: number) => void,
): Pick<PaymentRunnerPorts, 'deliver' | 'postFallback'> {
  return {
    deliver: async (challenge, proof) => {
      const outcome = await interception.deliver(challenge, proof);
      exchanges.answered(challenge, 'page', outcome);
      if (outcome.kind === 'answered') delivered(challenge.tabId);
      return outcome;
    },
    postFallback: async (challenge, body) => {
      const answer = await postTo(challenge, body);
      exchanges.answered(challenge, 'post', { kind: 'answered', ...answer });
      return answer;
    },
  };
}
