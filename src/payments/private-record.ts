/**
 * A payment from a private window, in two parts (invariant 12): the record, which may be on disk and names nothing of the
 * site, and the private part, which only memory holds.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { hexOf } from '../nano/hex.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { Site } from '../site.ts';
import { type Intent, isUnderway, type Payment, type Progress, requestOf } from './payment.ts';

/** The part of a private window's intent that may be on disk: payer, payee, amount and expiry. */
export interface PrivateIntent
  extends Pick<Intent, 'id' | 'at' | 'network' | 'account' | 'amount' | 'approval' | 'windows'> {
  readonly offer: Pick<Offer, 'mechanism' | 'payTo' | 'expiresAt'>;
  /** See `onceOnDisk`. */
  readonly once: string;
}

type WithoutText<P> = P extends unknown ? Omit<P, 'proof' | 'represent' | 'said' | 'args' | 'credit'> : never;
/** The progress without the proof, what goes beside it, and what the server said. */
export type PrivateProgress = WithoutText<Progress>;

/** The part of a private window's payment that is on disk. After the browser has ended, nothing else is left. */
export interface PrivateRecord
  extends Pick<Payment, 'story' | 'replaced' | 'claimed' | 'isCopy' | 'refunds'> {
  readonly intent: PrivateIntent;
  readonly progress: PrivateProgress;
}

/** A payment as the journal returns it: whole, or the record of one whose private part ended with the browser. */
export type AnyPayment = Payment | PrivateRecord;

/** The intent of a payment as the journal returns it. */
export type AnyIntent = AnyPayment['intent'];

/** The part of a private window's payment that only memory holds, until the browser ends. */
export interface PrivatePart extends Pick<Intent, 'site' | 'offer' | 'once' | 'resource'> {
  readonly challenge: Challenge;
  readonly proof?: string;
  /** The server's token for the next delivery of the proof. */
  readonly represent?: string;
  /** The server's text when it last refused the proof. */
  readonly said?: string;
  /** The arguments of the fault for which the payment was abandoned. */
  readonly args?: readonly string[];
  /** The payment has ended: this part may be dropped when there are many. */
  readonly isOver?: true;
}

export const isWhole = (payment: AnyPayment): payment is Payment => 'challenge' in payment.intent;

/** Whether a test of a server caused a payment, and no request of the browser. */
export const isTest = (payment: AnyPayment): boolean =>
  isWhole(payment) && requestOf(payment.intent) === null;

/** @throws Fault `fault_privateForgotten` for a payment whose private part is gone */
export function wholeOf(payment: AnyPayment): Payment {
  if (!isWhole(payment)) throw new Fault('fault_privateForgotten');
  return payment;
}

/** The site of an intent that may be on disk; null for a private window. */
export function siteOnDisk(intent: Pick<Intent, 'site' | 'challenge'> | PrivateIntent): Site | null {
  return 'challenge' in intent && !requestOf(intent)?.isPrivate ? intent.site : null;
}

/**
 * The value of `once` of a private window's payment on disk: a digest, since the server chose the text. It still shows that
 * the same session is offered again after the browser has ended.
 */
export function onceOnDisk(once: string): string {
  return `private ${hexOf(blake2b(new TextEncoder().encode(once), { dkLen: 32 }))}`;
}

/** The payment as it may be on disk: unchanged, or the record of one from a private window. */
export function onDisk(payment: AnyPayment): AnyPayment {
  if (!isWhole(payment) || !requestOf(payment.intent)?.isPrivate) return payment;
  const { id, at, network, account, amount, approval, windows, once, offer } = payment.intent;
  const { mechanism, payTo, expiresAt } = offer;
  const { replaced, claimed, isCopy, refunds } = payment;
  return {
    intent: {
      ...{ id, at, network, account, amount, approval, windows },
      offer: { mechanism, payTo, expiresAt },
      once: onceOnDisk(once),
    },
    progress: withoutText(payment.progress),
    story: payment.story,
    ...(replaced !== undefined && { replaced }),
    ...(claimed !== undefined && { claimed }),
    ...(isCopy !== undefined && { isCopy }),
    ...(refunds !== undefined && { refunds }),
  };
}

function withoutText(progress: Progress): PrivateProgress {
  switch (progress.state) {
    case 'approved':
    case 'signed':
    case 'published':
    case 'confirmed':
    case 'revoked':
      return progress;
    case 'proven':
    case 'delivered':
    case 'unanswered': {
      const { proof: _, represent: __, ...rest } = progress;
      return rest;
    }
    case 'settled': {
      const { proof: _, represent: __, credit: ___, ...rest } = progress;
      return rest;
    }
    case 'refused': {
      const { proof: _, represent: __, said: ___, credit: ____, ...rest } = progress;
      return rest;
    }
    case 'abandoned': {
      const { args: _, ...rest } = progress;
      return rest;
    }
  }
}

/** The private part of an intent. */
export function privatePartOf({ site, challenge, offer, once, resource }: PrivatePart): PrivatePart {
  return { site, challenge, offer, once, resource };
}

/** The private part after one more step: it keeps the last proof and the server's last text. */
export function partAfter(part: PrivatePart, progress: Progress): PrivatePart {
  return {
    ...part,
    ...('proof' in progress && { proof: progress.proof }),
    ...('represent' in progress && progress.represent !== undefined && { represent: progress.represent }),
    ...('said' in progress && { said: progress.said }),
    ...('args' in progress && { args: progress.args }),
    ...(isOver(progress) && { isOver: true }),
  };
}

const isOver = ({ state }: Progress): boolean =>
  state === 'settled' || state === 'revoked' || state === 'abandoned';

/** Joins the two parts. A record whose state needs a proof that the part lacks is returned as it is. */
export function joined(record: PrivateRecord, part: PrivatePart): AnyPayment {
  const { site, challenge, offer, once, resource } = part;
  const progress = withText(record.progress, part);
  if (progress === null) return record;
  return { ...record, intent: { ...record.intent, site, challenge, offer, once, resource }, progress };
}

function withText(progress: PrivateProgress, part: PrivatePart): Progress | null {
  const { proof, represent, said = '', args = [] } = part;
  const beside = represent === undefined ? {} : { represent };
  switch (progress.state) {
    case 'approved':
    case 'signed':
    case 'published':
    case 'confirmed':
    case 'revoked':
      return progress;
    case 'proven':
    case 'delivered':
    case 'settled':
    case 'unanswered':
      return proof === undefined ? null : { ...progress, proof, ...beside };
    case 'refused':
      return proof === undefined ? null : { ...progress, proof, ...beside, said };
    case 'abandoned':
      return { ...progress, args };
  }
}

/** Whether the wallet goes on with it by itself. Without its private part a payment ends when its block is confirmed. */
export function goesOn(payment: AnyPayment): boolean {
  const { state } = payment.progress;
  return isUnderway(state) && (isWhole(payment) || state !== 'confirmed');
}
