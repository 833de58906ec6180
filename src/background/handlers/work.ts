import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { WorkRulesSchema } from '../../work/rules.ts';
import { nextPaymentView } from '../views/next-payment.ts';
import type { HandlerParts } from './parts.ts';

/** How long the self-test times each engine (ms). */
const SELF_TEST = 3_000;

/** Handles the requests about proof of work. */
export const workHandlers = ({
  work,
  settings,
  openWallets,
  notifyPages,
}: HandlerParts): PageHandlersOf<'work'> => ({
  'work.read': async () => ({
    engines: await work.engines.statuses(),
    cores: navigator.hardwareConcurrency,
    ...(await settings.read('work')),
  }),
  'work.progress': () => work.scheduler.progress(),
  'work.nextPayment': async () => {
    const wallet = await openWallets.opened();
    const { balance, incoming, network } = wallet;
    const isReady = (await wallet.readiness()) === 'ready';
    return nextPaymentView({ balance, incoming, isReady, thresholds: network.thresholds }, (threshold) =>
      work.engines.searchTime(threshold),
    );
  },
  'work.rules': async (rules) => {
    const read = v.safeParse(WorkRulesSchema, rules);
    if (!read.success) throw new Fault('fault_badWorkServer', [String(read.issues[0].input)]);
    await settings.write('work', read.output);
    await work.newRules();
    notifyPages();
    return null;
  },
  'work.test': async () => {
    await work.test(SELF_TEST);
    return null;
  },
});
