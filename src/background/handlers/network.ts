import type { PageHandlersOf } from '../../messages/router.ts';
import type { HandlerParts } from './parts.ts';

export function networkHandlers({
  settings,
  approvals,
  maintenance,
}: HandlerParts): PageHandlersOf<'network'> {
  return {
    'network.use': async ({ id }) => {
      await settings.useNetwork(id);
      approvals.lapse(() => true);
      await maintenance.reopenWallets();
      return null;
    },
    'network.save': async ({ profile }) => {
      await settings.saveNetwork(profile);
      await maintenance.reopenWallets();
      return null;
    },
    'network.remove': async ({ id }) => {
      await settings.removeNetwork(id);
      await maintenance.reopenWallets();
      return null;
    },
  };
}
