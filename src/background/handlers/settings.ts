import type { PageHandlersOf } from '../../messages/router.ts';
import { type PlainSettings, plainSettings, type RateSourceView } from '../../messages/settings.ts';
import { parseAddress } from '../../nano/account.ts';
import { parseRaw } from '../../nano/amount.ts';
import { leaveToPages } from '../../payments/manual-sites.ts';
import { defaultPreference } from '../../protocol/mechanisms/index.ts';
import type { Mechanism } from '../../protocol/offer/offer.ts';
import { type Site, siteOf } from '../../site.ts';
import type { SettingValue, StoredSettings } from '../../storage/settings.ts';
import { typedLevelOf } from '../../wallet/pocket-plan.ts';
import { linkListener } from '../link-listener.ts';
import { pocketClosesHere, tellsScreenLock } from '../screen-lock.ts';
import { capView } from '../views/budget.ts';
import { networkView } from '../views/network.ts';
import { limitOf } from './input.ts';
import type { HandlerParts } from './parts.ts';
import { layOutPocket } from './pocket.ts';

export function settingsHandlers(parts: HandlerParts): PageHandlersOf<'settings'> {
  const {
    vault,
    openWallets,
    settings,
    budgets,
    approvals,
    maintenance,
    notifications,
    rate,
    notifyPages,
    now,
  } = parts;
  const addManualSite = (site: Site) => settings.setManual(site, true);
  return {
    'settings.theme': async () => ({ theme: await settings.read('theme') }),
    'settings.contacts': () => settings.read('contacts'),
    'settings.read': async () => {
      const plan = await settings.read('float');
      const plain = await readPlain(settings);
      const wallet = await openWallets.current();
      const network = await settings.network();
      return {
        ...plain,
        pocketCloses: pocketClosesHere(plain.pocketCloses),
        tellsScreenLock: tellsScreenLock(),
        opensLinks: await linkListener.isOn(),
        notifies: await notifications.isOn(),
        rateSource: await sourceView(settings),
        cap: capView(await budgets.overall(network.id, now())),
        representative:
          wallet?.representative ?? (await settings.read('representative')) ?? network.representative,
        blockedSites: await budgets.blocked(),
        manualSites: await settings.read('manualSites'),
        preference: inOrder(await settings.read('preference')),
        pocket: {
          accounts: plan.accounts,
          each: plan.each.toString(),
          level: typedLevelOf(plan).toString(),
        },
        leastReceived: (await settings.read('leastReceived')).toString(),
        networks: (await settings.networks()).map(networkView),
        activeNetwork: network.id,
      };
    },
    'settings.write': async (changes) => {
      for (const name of plainNames) await writePlain(settings, name, changes);
      if (changes.currency !== undefined) await settings.write('rateSource', null);
      if (changes.autoLockMinutes !== undefined) await vault.setAutoLock(changes.autoLockMinutes);
      if (changes.pocketCloses !== undefined) await vault.renewPocket();
      notifyPages();
      return null;
    },
    'settings.representative': async ({ account }) => {
      const representative = parseAddress(account);
      await (await openWallets.opened()).changeRepresentative(representative);
      await settings.write('representative', representative);
      await maintenance.reopenWallets();
      return null;
    },
    'settings.cap': async ({ perDay, perMonth }) => {
      await settings.write('cap', { perDay: limitOf(perDay), perMonth: limitOf(perMonth) });
      notifyPages();
      return null;
    },
    'settings.unblock': async ({ site }) => {
      await budgets.unblock(siteOf(site));
      notifyPages();
      return null;
    },
    'settings.manual': async ({ site, manual }) => {
      if (manual) await leaveToPages(siteOf(site), { approvals, addManualSite });
      else await settings.setManual(siteOf(site), false);
      notifyPages();
      return null;
    },
    'settings.rateSource': async ({ code, source }) => {
      await rate.use(code, source);
      notifyPages();
      return null;
    },
    'settings.refreshRate': async () => {
      void rate.refresh().catch(console.error);
      return null;
    },
    'settings.stopNotifications': async () => {
      await notifications.stop();
      notifyPages();
      return null;
    },
    'settings.pocket': async ({ accounts, each }) => {
      await layOutPocket({ accounts, each: parseRaw(each) }, parts);
      return null;
    },
    'settings.leastReceived': async ({ amount }) => {
      await settings.write('leastReceived', parseRaw(amount));
      await maintenance.reopenWallets();
      return null;
    },
    'settings.preference': async ({ order }) => {
      const known = defaultPreference
        .filter((mechanism) => order.includes(mechanism))
        .toSorted((one, other) => order.indexOf(one) - order.indexOf(other));
      await settings.write('preference', known);
      notifyPages();
      return null;
    },
  };
}

/** The source of the rate, without when it was last asked. */
async function sourceView(settings: StoredSettings): Promise<RateSourceView | null> {
  const source = await settings.read('rateSource');
  if (source === null) return null;
  const { askedAt: _, ...view } = source;
  return view;
}

const plainNames = Object.keys(plainSettings) as readonly (keyof PlainSettings)[];

async function readPlain(settings: StoredSettings): Promise<PlainSettings> {
  const entries = plainNames.map(async (name) => [name, await settings.read(name)] as const);
  return Object.fromEntries(await Promise.all(entries)) as PlainSettings;
}

/** Writes one of the settings, where a page changes it. */
async function writePlain<Name extends keyof PlainSettings>(
  settings: StoredSettings,
  name: Name,
  { [name]: value }: { readonly [N in Name]?: SettingValue<N> | undefined },
): Promise<void> {
  if (value !== undefined) await settings.write(name, value);
}

/** Every mechanism: first those that the user put in order, then the others. */
function inOrder(order: readonly Mechanism[]): readonly Mechanism[] {
  return [...new Set([...order, ...defaultPreference])];
}
