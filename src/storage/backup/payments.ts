/** Strict schemas of payments, transfers and blocks in a backup. The hash of each block is recomputed. */
import * as v from 'valibot';
import type { FaultKey } from '../../fault.ts';
import { StoredChallenge, unansweredReasons } from '../../interception/challenge.ts';
import { AddressText } from '../../nano/account.ts';
import { BalanceText, type Raw, RawText } from '../../nano/amount.ts';
import { BlockHashText, hashBlock, type SignedBlock, SUBTYPES } from '../../nano/block.ts';
import type { PaymentId } from '../../payment-id.ts';
import type { Intent, Payment, PaymentState, Progress, Refund, ServerTest } from '../../payments/payment.ts';
import type {
  AnyPayment,
  PrivateIntent,
  PrivateProgress,
  PrivateRecord,
} from '../../payments/private-record.ts';
import type { SpendingWindows } from '../../policy/budget.ts';
import { DayText, Moment, SiteText } from '../../policy/budget-schema.ts';
import { mechanismNames, StoredOffer } from '../../protocol/mechanisms/index.ts';
import { readWebUrl } from '../../site.ts';
import type { Due, HandedOver, OwnBlock } from '../../wallet/own-block.ts';
import type { Transfer, TransferState } from '../../wallet/transfer.ts';
import type { Fields } from './fields.ts';

const IdText = v.pipe(
  v.string(),
  v.regex(/^\S{1,128}$/),
  v.transform((text) => text as PaymentId),
);

/** A sum of payments, which may exceed the total supply. */
export const SumText = v.pipe(
  v.string(),
  v.regex(/^(0|[1-9][0-9]{0,77})$/),
  v.transform((text) => BigInt(text) as Raw),
);

const BlockText = v.strictObject({
  account: AddressText,
  previous: BlockHashText,
  representative: AddressText,
  balance: BalanceText,
  link: BlockHashText,
  signature: v.pipe(v.string(), v.regex(/^[0-9A-F]{128}$/)),
  work: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
}) satisfies v.GenericSchema<unknown, SignedBlock>;

const NetworkText = v.strictObject({ id: v.string(), testMoney: v.boolean() });

const WindowsText = v.strictObject({
  hour: v.string(),
  day: DayText,
  month: v.string(),
  period: v.nullable(v.string()),
} satisfies Fields<SpendingWindows>);

const approval = {
  id: IdText,
  at: Moment,
  network: NetworkText,
  account: AddressText,
  amount: RawText,
  approval: v.picklist(['once', 'budget']),
  once: v.string(),
  windows: WindowsText,
} as const;

const ServerTestText = v.strictObject({
  kind: v.literal('test'),
  url: v.pipe(
    v.string(),
    v.check((text) => readWebUrl(text) !== undefined, 'not on the web'),
  ),
} satisfies Fields<ServerTest>);

const IntentText = v.pipe(
  v.strictObject({
    ...approval,
    site: SiteText,
    challenge: v.union([StoredChallenge, ServerTestText]),
    offer: StoredOffer,
    resource: v.string(),
  } satisfies Fields<Intent>),
  v.check(({ amount, offer }) => amount === offer.amount, 'another amount than was offered'),
) satisfies v.GenericSchema<unknown, Intent>;

const PrivateIntentText = v.strictObject({
  ...approval,
  offer: v.strictObject({
    mechanism: v.picklist(mechanismNames),
    payTo: AddressText,
    expiresAt: Moment,
  } satisfies Fields<PrivateIntent['offer']>),
} satisfies Fields<PrivateIntent>) satisfies v.GenericSchema<unknown, PrivateIntent>;

const signed = { block: BlockText, hash: BlockHashText } as const;
const proven = { ...signed, proof: v.string(), represent: v.exactOptional(v.string()) } as const;
const Status = v.pipe(v.number(), v.integer());
const Reason = v.picklist([...unansweredReasons, 'pending']);
const later = { notBefore: v.exactOptional(Moment) } as const;
const credited = { credit: v.exactOptional(RawText) } as const;
const refusal = {
  status: Status,
  final: v.boolean(),
  early: v.exactOptional(v.literal(true)),
  ...later,
} as const;
const FaultText = v.pipe(
  v.string(),
  v.regex(/^fault_\w+$/),
  v.transform((key) => key as FaultKey),
);

const progress: {
  readonly [S in PaymentState]: v.GenericSchema<unknown, Extract<Progress, { readonly state: S }>>;
} = {
  approved: v.strictObject({ state: v.literal('approved') }),
  signed: v.strictObject({ state: v.literal('signed'), ...signed }),
  published: v.strictObject({ state: v.literal('published'), ...signed }),
  confirmed: v.strictObject({ state: v.literal('confirmed'), ...signed }),
  proven: v.strictObject({ state: v.literal('proven'), ...proven }),
  delivered: v.strictObject({ state: v.literal('delivered'), ...proven }),
  settled: v.strictObject({
    state: v.literal('settled'),
    status: Status,
    byPost: v.exactOptional(v.literal(true)),
    ...credited,
    ...proven,
  }),
  refused: v.strictObject({
    state: v.literal('refused'),
    ...refusal,
    said: v.string(),
    ...credited,
    ...proven,
  }),
  unanswered: v.strictObject({
    state: v.literal('unanswered'),
    reason: Reason,
    ...later,
    ...proven,
  }),
  revoked: v.strictObject({ state: v.literal('revoked'), ...signed }),
  abandoned: v.strictObject({
    state: v.literal('abandoned'),
    fault: FaultText,
    args: v.array(v.string()),
  }),
};
const STATES = Object.keys(progress) as PaymentState[];

const privateProgress: {
  readonly [S in PaymentState]: v.GenericSchema<unknown, Extract<PrivateProgress, { readonly state: S }>>;
} = {
  approved: progress.approved,
  signed: progress.signed,
  published: progress.published,
  confirmed: progress.confirmed,
  proven: v.strictObject({ state: v.literal('proven'), ...signed }),
  delivered: v.strictObject({ state: v.literal('delivered'), ...signed }),
  settled: v.strictObject({
    state: v.literal('settled'),
    status: Status,
    byPost: v.exactOptional(v.literal(true)),
    ...signed,
  }),
  refused: v.strictObject({ state: v.literal('refused'), ...refusal, ...signed }),
  unanswered: v.strictObject({ state: v.literal('unanswered'), reason: Reason, ...later, ...signed }),
  revoked: progress.revoked,
  abandoned: v.strictObject({ state: v.literal('abandoned'), fault: FaultText }),
};

const StoryText = v.pipe(
  v.array(
    v.strictObject({ state: v.picklist(STATES), at: Moment, pending: v.exactOptional(v.literal(true)) }),
  ),
  v.minLength(1),
);
const isItsBlock = (step: Progress | PrivateProgress): boolean =>
  !('hash' in step) || hashBlock(step.block) === step.hash;

const blocks = {
  replaced: v.exactOptional(v.array(BlockHashText)),
  claimed: v.exactOptional(v.array(BlockHashText)),
  isCopy: v.exactOptional(v.literal(true)),
  refunds: v.exactOptional(
    v.array(
      v.strictObject({
        source: BlockHashText,
        at: Moment,
        amount: RawText,
        counted: RawText,
      } satisfies Fields<Refund>),
    ),
  ),
} as const;

/** A payment from an ordinary window, in any state. */
const WholeText = v.strictObject({
  intent: IntentText,
  progress: v.pipe(
    v.union(Object.values(progress)),
    v.check((step) => isItsBlock(step), 'another block'),
  ),
  story: StoryText,
  ...blocks,
  title: v.exactOptional(v.string()),
} satisfies Fields<Payment>) satisfies v.GenericSchema<unknown, Payment>;

/** The part of a payment from a private window that is on the disk. */
const PrivateText = v.strictObject({
  intent: PrivateIntentText,
  progress: v.pipe(
    v.union(Object.values(privateProgress)),
    v.check((step) => isItsBlock(step), 'another block'),
  ),
  story: StoryText,
  ...blocks,
} satisfies Fields<PrivateRecord>) satisfies v.GenericSchema<unknown, PrivateRecord>;

/** A payment on the disk. */
export const PaymentText: v.GenericSchema<unknown, AnyPayment> = v.union([WholeText, PrivateText]);

const TransferStateText = v.variant('kind', [
  v.strictObject({ kind: v.literal('waiting') }),
  v.strictObject({
    kind: v.literal('refused'),
    said: v.string(),
    tries: v.pipe(v.number(), v.integer(), v.minValue(1)),
    at: Moment,
  }),
  v.strictObject({ kind: v.literal('replaced') }),
]) satisfies v.GenericSchema<unknown, TransferState>;

/** A send or receive without a 402. */
export const TransferText = v.strictObject({
  kind: v.picklist(['received', 'sent']),
  id: BlockHashText,
  block: v.exactOptional(BlockHashText),
  at: Moment,
  amount: BalanceText,
  counterparty: AddressText,
  network: NetworkText,
  state: v.exactOptional(TransferStateText),
  refundOf: v.exactOptional(IdText),
} satisfies Fields<Transfer>) satisfies v.GenericSchema<unknown, Transfer>;

const handedOver = { payment: IdText, site: v.nullable(SiteText) } as const;
const own = {
  network: v.string(),
  account: AddressText,
  hash: BlockHashText,
  subtype: v.picklist(SUBTYPES),
  block: BlockText,
  delta: BalanceText,
  excludes: v.exactOptional(BlockHashText),
  due: v.exactOptional(v.strictObject({ ...handedOver, by: Moment } satisfies Fields<Due>)),
} as const;
const HandedOverText = v.strictObject(handedOver satisfies Fields<HandedOver>);

/** A block that this wallet signed. */
export const OwnBlockText = v.pipe(
  v.strictObject({
    ...own,
    handedOver: v.exactOptional(HandedOverText),
    replaces: v.exactOptional(
      v.pipe(
        v.strictObject({ ...own, handedOver: HandedOverText }),
        v.check(({ hash, block }) => hashBlock(block) === hash, 'another block'),
      ),
    ),
  } satisfies Fields<OwnBlock>),
  v.check(({ hash, block }) => hashBlock(block) === hash, 'another block'),
) satisfies v.GenericSchema<unknown, OwnBlock>;
