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
  /** The merchant's terms besides the mechanism. */
  readonly terms?: (testBed: KillTestBed) => Promise<Readonly<Record<string, string>>>;
  /** The paid path, where it is not an ordinary one. */
  readonly path?: '/loses-answer' | '/breaks-off';
  /** The site has no budget, so that the user is asked. */
  readonly asks?: true;
  /** The payment is made in a private window. */
  readonly inPrivate?: true;
  /** The budget pays from the pocket, without a question, whatever the mechanism. */
  readonly fromPocket?: true;
  /** Runs before the worker follows a plan. */
  readonly before?: (run: JourneyRun) => Promise<void>;
  /** The parts of the plan besides the kill. */
  readonly world?: Pick<Plan, 'broken' | 'patience' | 'ahead'>;
  /** The points at which the worker pauses before the kill, and what runs meanwhile. */
  readonly halts?: readonly (readonly [Stop, (run: JourneyRun) => Promise<void>])[];
  /** Starts the payment; by default the page sends its request. */
  readonly begin?: (run: JourneyRun) => Promise<unknown>;
  /** Runs after the kill. */
  readonly after?: (run: JourneyRun) => Promise<void>;
  /** The payment is abandoned, and the page gets its 402 and the content at its next visit. */
  readonly endsWithout?: true;
}

const says = (terms: Readonly<Record<string, string>>) => async () => terms;

/** The page sends its request, and gets the content. */
export const buys: Journey = { name: 'buys' };

export const buysFromPocket: Journey = { name: 'buys inside a budget', fromPocket: true };

export const asked: Journey = { name: 'is asked about', asks: true };

export const inPrivate: Journey = { name: 'is in a private window', asks: true, inPrivate: true };

/** The price exceeds the balance. */
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

/** The price is nearly the whole balance: after another wallet spent some of it, the payment cannot be made again. */
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

/** Another wallet is faster, and leaves too small a balance. */
export const overtakenForGood: Journey = {
  ...dear,
  name: 'is overtaken for good',
  halts: [[{ point: 'publish block', when: 'before' }, spender]],
};

/** The offer has expired when the worker starts again. */
export const tooLate: Journey = {
  name: 'is too late',
  before: (run) => run.killAndLeave({ point: 'approved → signed', when: 'after' }, 'at once'),
  world: { ahead: 296_000 },
  endsWithout: true,
};

/** The network chooses the block of another wallet of the same seed: the payment is made on top of that one. */
export const outvoted: Journey = { name: 'is outvoted', ...outvotedBy(rival) };

/** The same, and the other block leaves too small a balance. */
export const outvotedForGood: Journey = { ...dear, name: 'is outvoted for good', ...outvotedBy(spender) };

/** The server rejects the proof for now. */
export const refused: Journey = {
  name: 'is refused',
  terms: says({ 'refuse-first': '1', 'refuse-with': '500' }),
};

export const deliveredAfterRefusal: Journey = {
  ...refused,
  name: 'is delivered after a refusal',
  before: (run) => run.visitUntil('refused'),
};

/** Loses the response, and leaves the page before the browser reloads it by itself. */
const visitAndLose = async (run: JourneyRun): Promise<void> => {
  await run.visitUntil('unanswered');
  await run.waitForErrorPage();
  await run.leave();
};

/** The server's response is lost. */
export const lost: Journey = { name: 'loses its answer', path: '/loses-answer' };

/** The server's response is truncated. */
export const brokenOff: Journey = { name: 'breaks off', path: '/breaks-off' };

export const deliveredAfterLoss: Journey = {
  ...lost,
  name: 'is delivered after a loss',
  before: visitAndLose,
};

/** The user recalls the signed block, by the state of the payment. */
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
    // The write of the proof fails: the payment stays in its state.
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

/** The user recalls a signed block that the budget handed over. */
export const takenBackToPocket: Journey = {
  ...takenBack.settled,
  name: 'is taken back to the pocket',
  fromPocket: true,
};

/** The block is published and not confirmed; then another wallet's block takes its place. */
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

/** A confirmed change block of the same account on the same frontier. */
async function rival({ testBed }: JourneyRun): Promise<void> {
  const { otherWallet } = testBed;
  await confirm(testBed, await otherWallet.change(otherWallet.key));
}

/** A confirmed send of the same account on the same frontier, which is no payment of the purse. */
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

/** Sends money to the purse, and waits until it is received. */
async function refill({ testBed: { devnet, purse } }: JourneyRun, amount: bigint): Promise<void> {
  const { hash } = devnet.ledger.find(await devnet.faucet(purse.account, amount));
  await purse.until('purse.state', {}, () => devnet.ledger.receiptOf(hash) !== undefined);
}
