import type { PageSide } from '../../messages/router.ts';
import { activityHandlers } from './activity.ts';
import { approvalHandlers } from './approval.ts';
import { backupHandlers } from './backup.ts';
import { budgetHandlers } from './budget.ts';
import { exchangeHandlers } from './exchange.ts';
import { linkHandlers } from './link.ts';
import { networkHandlers } from './network.ts';
import type { HandlerParts } from './parts.ts';
import { paymentHandlers } from './payment.ts';
import { purseHandlers } from './purse.ts';
import { sandboxHandlers } from './sandbox.ts';
import { sendHandlers } from './send.ts';
import { settingsHandlers } from './settings.ts';
import { testerHandlers } from './tester.ts';
import { vaultHandlers } from './vault.ts';
import { workHandlers } from './work.ts';

/** Builds the handlers for the messages of the extension's own pages. */
export function pageSide(parts: HandlerParts): PageSide {
  const { vault } = parts;
  return {
    handlers: {
      ...purseHandlers(parts),
      ...vaultHandlers(parts),
      ...backupHandlers(parts),
      ...settingsHandlers(parts),
      ...networkHandlers(parts),
      ...sandboxHandlers(parts),
      ...approvalHandlers(parts),
      ...budgetHandlers(parts),
      ...activityHandlers(parts),
      ...paymentHandlers(parts),
      ...sendHandlers(parts),
      ...linkHandlers(parts),
      ...exchangeHandlers(parts),
      ...testerHandlers(parts),
      ...workHandlers(parts),
    },
    isLocked: async () => !(await vault.isUnlocked()) && (await vault.exists()),
  };
}
