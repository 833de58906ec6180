import type { PageInput, PageRequest } from './contract.ts';

/**
 * Whether a question of the extension's own pages is answered while the purse is locked. `always`: it is part of the
 * lock screen or of setting up, or its input has the password. `open`, which is never: it adds or changes something, or
 * shows accounts, settings or history. `lessens`: only with an input that lets the purse do less than before.
 */
export type Access<Q extends PageRequest> =
  | 'always'
  | 'open'
  | { readonly lessens: (input: PageInput<Q>) => boolean };

/** The access rule of every question. Where there is no purse, nothing is locked. */
export const pageAccess: { readonly [Q in PageRequest]: Access<Q> } = {
  'purse.state': 'always',
  'purse.refresh': 'open',
  'purse.touch': 'always',
  'purse.pause': { lessens: ({ paused }) => paused },
  'vault.newWords': 'always',
  'vault.preview': 'always',
  'vault.create': 'always',
  'vault.unlock': 'always',
  'vault.lock': 'always',
  'vault.reveal': 'always',
  'backup.save': 'open',
  'backup.restore': 'always',
  'settings.read': 'open',
  'settings.autoLock': 'open',
  'settings.representative': 'open',
  'settings.cap': 'open',
  'settings.unblock': 'open',
  'settings.blockTaker': { lessens: ({ allowed }) => !allowed },
  'settings.preference': 'open',
  'settings.float': 'open',
  'settings.leastReceived': 'open',
  'network.use': 'open',
  'network.save': 'open',
  'network.remove': 'open',
  'sandbox.read': 'open',
  'sandbox.enter': 'open',
  'sandbox.leave': 'open',
  'sandbox.faucet': 'open',
  'approval.waiting': 'always',
  'approval.list': 'open',
  'approval.answer': { lessens: ({ answer }) => answer.kind === 'decline' || answer.kind === 'never' },
  'budget.list': 'open',
  'budget.save': 'open',
  'budget.remove': { lessens: () => true },
  'activity.page': 'open',
  'activity.small': 'open',
  'page.toLoad': 'open',
  'page.load': 'open',
  'payment.deliver': 'open',
  'payment.revoke': 'open',
  'money.send': 'open',
  'log.list': 'open',
  'exchange.list': 'open',
  'exchange.read': 'open',
  'exchange.replay': 'open',
  'exchange.clear': 'open',
  'tester.servers': 'open',
  'tester.claim': 'open',
  'tester.begin': 'open',
  'tester.pay': 'open',
  'tester.confirmed': 'open',
  'tester.standing': 'open',
  'tester.sign': 'open',
  'tester.cheque': 'open',
  'tester.takeBack': 'open',
  'work.read': 'open',
  'work.progress': 'open',
  'work.rules': 'open',
  'work.test': 'open',
};

/** Whether a question with this input is answered while the purse is locked. */
export function isAnsweredLocked<Q extends PageRequest>(question: Q, input: PageInput<Q>): boolean {
  const access: Access<Q> = pageAccess[question];
  return typeof access === 'string' ? access === 'always' : access.lessens(input);
}
