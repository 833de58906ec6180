/** Interception with a purse that has no money: it pays what it is told to with a proof that only names its challenge. */
import type {
  Answered,
  Challenge,
  DeliveryOutcome,
  Unanswered,
  Unpriced,
} from '../../../../src/interception/challenge.ts';
import { createChromiumInterception } from '../../../../src/interception/chromium/index.ts';
import { ProofRules } from '../../../../src/interception/chromium/proof-rule.ts';
import { createFirefoxInterception } from '../../../../src/interception/firefox/index.ts';
import type { SessionStore } from '../../../../src/interception/open-challenges.ts';
import type { Target } from '../../../../src/interception/proof-target.ts';
import type { BridgeInput, RequestMessage, ResponseMessage } from '../../../../src/messages/contract.ts';

/**
 * What becomes of a challenge as soon as it is seen, or that there is no purse; kept in the session storage, over the
 * lives of the worker.
 */
export type Policy = 'pay' | 'release' | 'wait' | 'no purse';

/** What the tests read and say, in the worker's global scope. */
export interface TestApi {
  /** Names this life of the worker. */
  readonly life: string;
  readonly challenges: Challenge[];
  readonly unheld: Challenge[];
  readonly unpriced: Unpriced[];
  readonly withdrawn: Challenge[];
  readonly deliveries: Array<{ readonly challenge: Challenge; readonly delivery: Answered | Unanswered }>;
  deliver(challenge: Challenge, proof?: string, represent?: string): Promise<DeliveryOutcome>;
  release(challenge: Challenge): void;
  waits(challenge: Challenge): Promise<boolean>;
  /** As `Interception.take`. */
  take(challenge: Challenge): Promise<boolean>;
  /** What waits for its page to be loaded again. */
  awaitingReload(): readonly Challenge[];
  /** Arms a rule and leaves it armed. */
  arm(target: Target, proof: string): Promise<void>;
}

/** What a test can be told of a delivery. */
function headOf(delivery: DeliveryOutcome): Answered | Unanswered {
  if (delivery.kind === 'unanswered') return delivery;
  const { kind, status, paymentResponse, paymentRequired } = delivery;
  return { kind, status, paymentResponse, paymentRequired };
}

declare global {
  var testApi: TestApi;
}

const session: SessionStore = {
  async read(prefix) {
    const all = await chrome.storage.session.get<Record<string, unknown>>(null);
    return new Map(Object.entries(all).filter(([key]) => key.startsWith(prefix)));
  },
  write: (key, value) => chrome.storage.session.set({ [key]: value }),
  remove: (keys) => chrome.storage.session.remove([...keys]),
};

const createInterception =
  import.meta.env.MODE === 'firefox' ? createFirefoxInterception : createChromiumInterception;
const interception = createInterception({
  session,
  mayProbePrice: async () => (await policyNow()) !== 'no purse',
  isManual: async () => false,
  changed: () => {},
});

async function policyNow(): Promise<Policy> {
  return (await chrome.storage.session.get<{ policy: Policy }>({ policy: 'pay' })).policy;
}

globalThis.testApi = {
  life: crypto.randomUUID(),
  challenges: [],
  unheld: [],
  unpriced: [],
  withdrawn: [],
  deliveries: [],
  async deliver(challenge, value = `proof-${challenge.id}`, represent) {
    const header = typeof challenge.header === 'string' ? 'PAYMENT-SIGNATURE' : 'X-Nano-Payment';
    const delivery = await interception.deliver(challenge, {
      header,
      value,
      ...(represent !== undefined && { represent }),
    });
    if (delivery.kind === 'answered') delivery.instead?.(null);
    testApi.deliveries.push({ challenge, delivery: headOf(delivery) });
    return delivery;
  },
  release: interception.release,
  waits: interception.waits,
  take: interception.take,
  awaitingReload: interception.awaitingReload,
  async arm(target, proof) {
    await new ProofRules().arm(target, { header: 'PAYMENT-SIGNATURE', value: proof });
  },
};

interception.watch({
  onChallenge: async (challenge) => {
    testApi.challenges.push(challenge);
    const policy = await policyNow();
    if (policy === 'pay') await testApi.deliver(challenge);
    else if (policy === 'release') testApi.release(challenge);
  },
  onUnheld: (challenge) => testApi.unheld.push(challenge),
  onOverLimit: () => {},
  onManual: () => {},
  onUnpriced: (response) => testApi.unpriced.push(response),
  onWithdrawn: (challenge) => testApi.withdrawn.push(challenge),
});

chrome.runtime.onMessage.addListener(
  (message: RequestMessage, sender, respond: (reply: ResponseMessage) => void): boolean => {
    const done = (value: unknown) => respond({ ok: true, value });
    switch (message.request) {
      case 'request.held':
        void interception.held(sender, message.input as BridgeInput<'request.held'>).then(done);
        return true;
      case 'request.dropped':
        void interception.dropped(sender, message.input as BridgeInput<'request.dropped'>).then(done);
        return true;
      case 'document.left':
        void interception.left(sender).then(done);
        return true;
      default:
        return false;
    }
  },
);
