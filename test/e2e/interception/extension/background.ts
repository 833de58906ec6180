/** Interception with a purse that has no money: it pays what it is told to with a proof that only names its challenge. */
import type {
  Answered,
  Challenge,
  Delivery,
  Unanswered,
  Unpriced,
} from '../../../../src/interception/challenge.ts';
import {
  createChromiumInterception,
  type SessionStore,
} from '../../../../src/interception/chromium/index.ts';
import { ProofRules, type Target } from '../../../../src/interception/chromium/proof-rule.ts';
import type { Envelope, Reply } from '../../../../src/messages/contract.ts';

/**
 * What becomes of a challenge as soon as it is seen, or that there is no purse; kept in the session storage, over the
 * lives of the worker.
 */
export type Policy = 'pay' | 'release' | 'wait' | 'no purse';

/** What the tests read and say, in the worker's global scope. */
export interface Bench {
  /** Names this life of the worker. */
  readonly life: string;
  readonly challenges: Challenge[];
  readonly unheld: Challenge[];
  readonly unpriced: Unpriced[];
  readonly deliveries: Array<{ readonly challenge: Challenge; readonly delivery: Answered | Unanswered }>;
  deliver(challenge: Challenge, proof?: string): Promise<Delivery>;
  release(challenge: Challenge): void;
  waits(challenge: Challenge): Promise<boolean>;
  /** What waits for its page to be loaded again. */
  toLoad(): readonly Challenge[];
  /** Arms a rule and leaves it armed. */
  arm(target: Target, proof: string): Promise<void>;
}

/** What a test can be told of a delivery. */
function headOf(delivery: Delivery): Answered | Unanswered {
  if (delivery.kind === 'unanswered') return delivery;
  const { kind, status, paymentResponse, paymentRequired } = delivery;
  return { kind, status, paymentResponse, paymentRequired };
}

declare global {
  var bench: Bench;
}

const session: SessionStore = {
  async read(prefix) {
    const all = await chrome.storage.session.get<Record<string, unknown>>(null);
    return new Map(Object.entries(all).filter(([key]) => key.startsWith(prefix)));
  },
  write: (key, value) => chrome.storage.session.set({ [key]: value }),
  remove: (keys) => chrome.storage.session.remove([...keys]),
};

const interception = createChromiumInterception({
  session,
  mayAsk: async () => (await policyNow()) !== 'no purse',
  changed: () => {},
});

async function policyNow(): Promise<Policy> {
  return (await chrome.storage.session.get<{ policy: Policy }>({ policy: 'pay' })).policy;
}

globalThis.bench = {
  life: crypto.randomUUID(),
  challenges: [],
  unheld: [],
  unpriced: [],
  deliveries: [],
  async deliver(challenge, proof = `proof-${challenge.id}`) {
    const delivery = await interception.deliver(challenge, proof);
    bench.deliveries.push({ challenge, delivery: headOf(delivery) });
    return delivery;
  },
  release: interception.release,
  waits: interception.waits,
  toLoad: interception.toLoad,
  async arm(target, proof) {
    await new ProofRules().arm(target, proof);
  },
};

interception.watch(
  async (challenge) => {
    bench.challenges.push(challenge);
    const policy = await policyNow();
    if (policy === 'pay') await bench.deliver(challenge);
    else if (policy === 'release') bench.release(challenge);
  },
  (challenge) => bench.unheld.push(challenge),
  () => {},
  (response) => bench.unpriced.push(response),
);

chrome.runtime.onMessage.addListener(
  (message: Envelope, sender, respond: (reply: Reply) => void): boolean => {
    if (message.ask !== 'request.held') return false;
    const input = message.input as { holdId: string; url: string; method: string };
    void interception.held(sender, input).then((value) => respond({ ok: true, value }));
    return true;
  },
);
