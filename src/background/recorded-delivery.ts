import type { Exchanges } from '../exchanges/exchanges.ts';
import type { Challenge, Delivered } from '../interception/challenge.ts';
import type { Interception } from '../interception/interception.ts';
import type { OtherAnswer } from '../interception/other-answer.ts';
import type { PaymentRunnerPorts } from '../payments/payment-runner.ts';
import { loadIfOpen, postTo } from './own-requests.ts';

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
      if (outcome.kind !== 'answered') return outcome;
      delivered(challenge.tabId);
      return loadedWhereOpen(challenge, outcome);
    },
    postFallback: async (challenge, body) => {
      const { whole, ...answer } = await postTo(challenge, body);
      exchanges.answered(challenge, 'post', { kind: 'answered', ...answer });
      return { ...answer, whole };
    },
  };
}

/**
 * A page that its server gives to everybody now, or to the session that the POST began, is loaded at its own address instead of
 * being shown as another answer.
 */
function loadedWhereOpen(challenge: Challenge, { instead, ...response }: Delivered): Delivered {
  if (instead === undefined) return response;
  const loadOr = async (answer: OtherAnswer | null) => {
    const isLoaded = answer !== null && (await loadIfOpen(challenge).catch(() => false));
    instead(isLoaded ? null : answer);
  };
  return { ...response, instead: (answer) => void loadOr(answer) };
}
