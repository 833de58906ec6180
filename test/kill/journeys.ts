import assert from 'node:assert/strict';
import type { PaymentState } from '../../src/payments/payment.ts';
import { ask } from '../devnet/test-account.ts';
import { XNO } from '../e2e/setup.ts';
import type { JourneyRun } from './kill-run.ts';
import { CONFIRMED_AFTER, type KillTestBed } from './setup.ts';
import type { Plan, Stop } from './worker.ts';

/** How a payment is brought to the point where its worker is killed. */
export interface Journey {
  readonly name: string;
  /** The merchant's terms, beside the mechanism. */
  readonly terms?: (testBed: KillTestBed) => Promise<Readonly<Record<string, string>>>;
  /** The paid path, where it is not an ordinary one. */
  readonly path?: '/loses-answer' | '/breaks-off';
  /** The site has no budget: what it asks for is a question. */
  readonly asks?: true;
  /** It is asked for in a private window. */
  readonly inPrivate?: true;
  /** What happens before the worker is watched. */
  readonly before?: (run: JourneyRun) => Promise<void>;
  /** What the worker is made to do beside being killed. */
  readonly world?: Pick<Plan, 'broken' | 'patience' | 'ahead'>;
  /** Where it stands still on the way, and what happens meanwhile. */
  readonly halts?: readonly (readonly [Stop, (run: JourneyRun) => Promise<void>])[];
  /** What sets it off; by default, the page asks. */
  readonly begin?: (run: JourneyRun) => Promise<unknown>;
  /** What happens in the world after the kill. */
  readonly after?: (run: JourneyRun) => Promise<void>;
  /** The payment comes to nothing, so that the page is given its 402: what it wants comes at its next visit. */
  readonly endsWithout?: true;
}

const says = (terms: Readonly<Record<string, string>>) => async () => terms;

/** The page asks and gets. */
export const buys: Journey = { name: 'buys' };

export const asked: Journey = { name: 'is asked about', asks: true };

export const inPrivate: Journey = { name: 'is in a private window', asks: true, inPrivate: true };

/** It costs more than there is. */
export const tooDear: Journey = {
  name: 'is too dear',
  asks: true,
  terms: async ({ purse }) => {
    const state = await purse.ask('purse.state', {});
    const held = state.kind === 'open' ? BigInt(state.balance ?? 0) : 0n;
    return { price: String(held + XNO) };
  },
  endsWithout: true,
  after: (run) => refill(run, run.price),
};

/** Another wallet of the same seed is faster: the payment is made on top of its block. */
export const overtaken: Journey = {
  name: 'is overtaken',
  halts: [[{ point: 'publish block', when: 'before' }, rival]],
};

/** Costs nearly all there is: once another wallet has spent some of it, the payment cannot be made again. */
const dear: Pick<Journey, 'asks' | 'terms' | 'after' | 'endsWithout'> = {
  asks: true,
  terms: async ({ purse }) => {
    const state = await purse.ask('purse.state', {});
    const held = state.kind === 'open' ? BigInt(state.balance ?? 0) : 0n;
    return { price: String(held - XNO) };
  },
  endsWithout: true,
  after: (run) => refill(run, run.price + 2n * XNO),
};

/** Another wallet is faster, and leaves too little. */
export const overtakenForGood: Journey = {
  ...dear,
  name: 'is overtaken for good',
  halts: [[{ point: 'publish block', when: 'before' }, spender]],
};

/** The worker comes back to a signed block when its offer is over. */
export const tooLate: Journey = {
  name: 'is too late',
  before: (run) => run.killAndLeave({ point: 'approved → signed', when: 'after' }, 'at once'),
  world: { ahead: 176_000 },
  endsWithout: true,
};

/** The network chooses the block of another wallet of the same seed: the payment is made on top of that one. */
export const outvoted: Journey = { name: 'is outvoted', ...outvotedBy(rival) };

/** The same, and it leaves too little. */
export const outvotedForGood: Journey = { ...dear, name: 'is outvoted for good', ...outvotedBy(spender) };

/** The server turns the proof away for now. */
export const refused: Journey = {
  name: 'is refused',
  terms: says({ 'refuse-first': '1', 'refuse-with': '500' }),
};

export const deliveredAfterRefusal: Journey = {
  ...refused,
  name: 'is delivered after a refusal',
  before: (run) => run.visitUntil('refused'),
};

/** A browser loads a page by itself again whose answer was lost: it is left before that. */
const visitAndLose = async (run: JourneyRun): Promise<void> => {
  await run.visitUntil('unanswered');
  await run.waitForErrorPage();
  await run.leave();
};

/** The server's answer is lost on the way. */
export const lost: Journey = { name: 'loses its answer', path: '/loses-answer' };

/** The server's answer breaks off on its way into the page. */
export const brokenOff: Journey = { name: 'breaks off', path: '/breaks-off' };

export const deliveredAfterLoss: Journey = {
  ...lost,
  name: 'is delivered after a loss',
  before: visitAndLose,
};

/** The user takes the signed block back, as far as the payment has come. */
const takesBack = (from: PaymentState, way: Partial<Journey>): Journey => ({
  name: `is taken back when ${from}`,
  terms: says({ hold: '1' }),
  ...way,
  begin: async (run) => {
    await way.begin?.(run);
    assert.equal((await run.payment()).progress.state, from);
    await run.takeBack();
  },
  after: async (run) => {
    const { state } = (await run.payment()).progress;
    if (state !== 'revoked') await run.takeBack();
  },
  endsWithout: true,
});

export const takenBack = {
  signed: takesBack('signed', {
    // The disk fails when the proof is to be written: the payment stays as it is.
    world: { broken: 'signed → proven' },
    begin: (run) => run.visitUntil('signed'),
  }),
  proven: takesBack('proven', {
    before: (run) => run.killAndLeave({ point: 'proven → delivered', when: 'before' }, 'at rest'),
  }),
  delivered: takesBack('delivered', {
    before: (run) => run.killAndLeave({ point: 'proven → delivered', when: 'after' }, 'at rest'),
  }),
  refused: takesBack('refused', {
    terms: says({ hold: '1', 'refuse-first': '1', 'refuse-with': '500' }),
    before: (run) => run.visitUntil('refused'),
  }),
  unanswered: takesBack('unanswered', {
    path: '/loses-answer',
    before: visitAndLose,
  }),
  settled: takesBack('settled', { before: (run) => run.visitUntil('settled') }),
} satisfies Partial<Record<PaymentState, Journey>>;

/** Our block is published and not confirmed; then another wallet's is in its place. */
function outvotedBy(theirs: (run: JourneyRun) => Promise<void>): Pick<Journey, 'before' | 'world' | 'halts'> {
  return {
    before: async ({ testBed }) => {
      testBed.devnet.elections.delayMs = 600_000;
    },
    world: { patience: 200 },
    halts: [
      [
        { point: 'signed → published', when: 'after' },
        async (run) => {
          const { devnet, sends } = run.testBed;
          const block = sends().at(-1);
          assert(block);
          devnet.elections.cancel(block.hash);
          devnet.ledger.rollback(block.hash);
          devnet.elections.delayMs = CONFIRMED_AFTER;
          await theirs(run);
        },
      ],
    ],
  };
}

/** A change of the same account, on the same frontier, confirmed. */
async function rival({ testBed }: JourneyRun): Promise<void> {
  const { otherWallet } = testBed;
  await confirm(testBed, await otherWallet.change(otherWallet.key));
}

/** A send of the same account, on the same frontier, confirmed: it is none of the purse's payments. */
async function spender(run: JourneyRun): Promise<void> {
  const { testBed } = run;
  const block = await testBed.otherWallet.send(testBed.devnet.ledger.genesis, 2n * XNO);
  await confirm(testBed, block);
  run.markForeign(block.hash);
}

async function confirm(
  { devnet }: KillTestBed,
  { hash, json }: { readonly hash: string; readonly json: object },
): Promise<void> {
  await ask(devnet.rpcUrl, { action: 'process', json_block: 'true', block: json });
  devnet.elections.confirm(devnet.ledger.find(hash).hash);
}

/** Money that the purse has taken in. */
async function refill({ testBed: { devnet, purse } }: JourneyRun, amount: bigint): Promise<void> {
  const { hash } = devnet.ledger.find(await devnet.faucet(purse.account, amount));
  await purse.until('purse.state', {}, () => devnet.ledger.receiptOf(hash) !== undefined);
}
