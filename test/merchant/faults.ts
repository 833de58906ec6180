import { randomBytes } from 'node:crypto';
import type { SettledPayment } from './spent.ts';
import type { Terms } from './terms.ts';

/** What can be wrong with a merchant, each with the probe that finds it and what is missing (docs/WIRE.md §5). */
export const FAULTS = {
  'browser-blind': ['T1', 'browsers get their 402 as a page, without the header'],
  'reused-offer': ['T2', 'everybody who asks for a URL gets the same session'],
  sum: ['T3', 'the parts of an amount are one raw off the total'],
  'two-marks': ['T3', 'an entry is for two mechanisms at once'],
  'weak-id': ['T4', 'ids are counted up'],
  'fail-open': ['T5', 'what cannot be read is let in'],
  'unknown-session': ['T6', 'a session that nobody knows is taken for one that was honoured'],
  'unknown-block': ['T7', 'a block that the node does not know is taken for one that it will know'],
  spoof: ['T8', 'a session that a client made up is taken for one that was issued'],
  'post-register': ['T8', 'the same, by POST alone'],
  echo: ['T9', 'amount and payee are those that the client says back'],
  payee: ['T9', 'where the money went is not looked at'],
  expiry: ['T10', 'offers never end'],
  network: ['T11', 'the network of the echo is not looked at'],
  'nonce-binding': ['T12', 'a signature is not checked against the nonce'],
  unsigned: ['T13', 'a signature is checked only where there is one'],
  'client-payee': ['T14', '?deposit= becomes the payee'],
  'magic-deposit': ['T14', 'one account opens every door'],
  'cheque-amount': ['T15', 'what a signed block spends is not looked at'],
  'cheque-link': ['T16', 'link_as_account is believed'],
  'cheque-signature': ['T17', 'the signature of a block is left to the node, and the content given before'],
  'stale-frontier': ['T18', 'where a block stands is left to the node, and the content given before'],
  replay: ['T19', 'nothing is ever spent'],
  resale: ['T20', 'a block is spent for its own session only'],
  'case-replay': ['T21', 'spent is what is spelled the same'],
  steal: ['T22', 'the tag is not looked at, so that a block fits every session of the price'],
  unconfirmed: ['T23', 'a block on the ledger will do'],
  amount: ['T24', 'amounts are compared as floating-point numbers'],
  'url-binding': ['T25', 'the URL that was signed is the one that the client says back'],
  'any-signer': ['T26', 'whoever signs is believed to be the payer'],
  'double-redeem': ['T27', 'checked first, spent later'],
  'crowded-redeem': ['T27', 'two requests at once are told apart, and the third is not'],
  'sometimes-redeem': ['T27', 'every second payment is checked first and spent later'],
  'twin-cheques': ['T28', 'two blocks on one frontier are both taken, and published after the answer'],
  'charges-failures': ['T29', 'a block is published though the handler fails'],
  cacheable: ['T30', 'a 402 may be kept for ten minutes'],
  'forwarded-host': ['T31', 'X-Forwarded-Host is believed'],
  'identifier-optional': ['T32', 'a required payment identifier is not asked for'],
  'identifier-conflict': ['T32', 'a payment identifier stands for whatever comes with it'],
  'kept-refusals': ['T34', 'a refused proof is answered 410, and nothing is said of caches'],
  'pending-drops': ['T35', 'a proof is answered 202, and refused when it comes again'],
  'takes-and-refuses': ['T36', 'the money is taken, and every delivery of its proof refused'],
  'early-is-final': ['T23', 'a proof that came before its block was confirmed is refused for ever'],
  'identifier-forgets': ['T37', 'a payment identifier is asked for, and what it bought is forgotten'],
  'any-version': ['T38', 'the version of a proof is not looked at'],
  'echoed-terms': ['T39', 'a signed block is judged by the amount and the payee that the client says back'],
  'any-asset': ['T40', 'the asset of the echo is not looked at'],
  'any-block': ['T41', 'a payload whose block cannot be read is let in'],
  'unopened-account': ['T42', 'an account without a block is left to the node, and the content given before'],
  'weak-work': ['T43', 'the work of a block is left to the node, and the content given before'],
  pollution: ['T33', 'what the client says is merged into what everybody gets, prototype and all'],
} as const satisfies Readonly<Record<string, readonly [probe: `T${number}`, says: string]>>;

export type FaultName = keyof typeof FAULTS;

/** The faults of a merchant. */
export type Faults = ReadonlySet<FaultName>;

/** Nothing. */
export const NO_FAULTS: Faults = new Set();

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);

const LEFT_TO_THE_NODE: readonly FaultName[] = [
  'cheque-signature',
  'stale-frontier',
  'twin-cheques',
  'unopened-account',
  'weak-work',
];

/** The faults that need other terms to do harm: what the node would find out is published after the answer. */
export function faultyTerms(terms: Terms, faults: Faults): Terms {
  const late = LEFT_TO_THE_NODE.some((name) => faults.has(name));
  return {
    ...terms,
    ...(late && { publishing: 'late' as const }),
    ...(faults.has('browser-blind') && { paywall: 'html' as const }),
  };
}

/** An invented payment, where a fault serves the content unpaid. */
export const forNothing = (mechanism: string, url: string, route: string): SettledPayment => ({
  mechanism,
  url,
  route,
  amountRaw: '0',
  payTo: '',
  payer: '',
  hash: randomBytes(32).toString('hex').toUpperCase(),
  at: 0,
});

/** The account with which the demo of x402.Nano lets everybody in (docs/WIRE.md §4.16). */
export const MAGIC_DEPOSIT = 'nano_3twu684nuzn3kqu74h6zmz41zedchggnwnr8die7mbixa58ahkp6ftwers18';

/**
 * The holes that the reference servers are known to have (docs/WIRE.md §5, "ref today"), by mechanism, as faults
 * of the merchant that writes as they do.
 */
export const REFERENCE_HOLES = {
  nanoSession: ['post-register', 'expiry', 'case-replay', 'forwarded-host'],
  nanoSignature: ['forwarded-host'],
  nymChallenge: ['double-redeem', 'forwarded-host'],
  trackB: ['unsigned', 'client-payee', 'magic-deposit'],
  trackA: ['cheque-link', 'twin-cheques', 'client-payee'],
  signedBlock: ['cheque-amount', 'cheque-link', 'twin-cheques'],
} as const satisfies Readonly<Record<string, readonly FaultName[]>>;
