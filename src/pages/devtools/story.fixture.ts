/** A paid exchange for tests, as the background sends it. */
import type { ExchangeStory } from '../../messages/exchange.ts';
import type { PaymentState, PaymentView } from '../../messages/payment.ts';

export const SEEN = Date.UTC(2026, 0, 2, 3, 4, 5);
export const PROOF = 'cHJvb2Y=';

/** Returns the states of a payment at the given times after the 402 (ms). */
export function paidWith(story: Readonly<Partial<Record<PaymentState, number>>>): PaymentView {
  const steps = Object.entries(story) as [PaymentState, number][];
  return {
    kind: 'payment',
    id: 'payment',
    at: SEEN + (story.approved ?? 0),
    state: steps.at(-1)?.[0] ?? 'approved',
    story: steps.map(([state, after]) => ({ state, at: SEEN + after })),
    pending: null,
    isPrivate: false,
    isForgotten: false,
    site: 'https://shop.example',
    askedBy: null,
    url: 'https://shop.example/api',
    method: 'GET',
    amount: '7',
    payTo: 'nano_1',
    mechanism: 'nanoSession',
    network: 'nano:devnet',
    testMoney: true,
    description: null,
    title: null,
    approval: 'budget',
    blockHash: 'A'.repeat(64),
    lostBlocks: [],
    status: 200,
    fault: null,
    waitsFor: null,
    serverSaid: null,
    handedOver: null,
    byPost: false,
    canDeliver: false,
    credit: null,
    refunds: [],
  };
}

export function storyOf(parts: Partial<ExchangeStory> = {}): ExchangeStory {
  return {
    id: 'exchange',
    at: SEEN,
    kind: 'xmlhttprequest',
    method: 'GET',
    url: 'https://shop.example/api?a=1&a=2&b=%20',
    site: 'https://shop.example',
    askedBy: null,
    state: 'paid',
    why: null,
    notBefore: null,
    amount: '7',
    mechanism: 'nanoSession',
    testMoney: true,
    status: 200,
    payment: 'payment',
    frameId: 0,
    documentId: null,
    initiator: null,
    redirectedBy: null,
    topOrigin: 'https://shop.example',
    network: 'nano:devnet',
    steps: [{ kind: 'priced', at: SEEN, header: 'offer' }],
    paid: null,
    proof: null,
    canReplay: false,
    ...parts,
  };
}
