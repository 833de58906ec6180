/**
 * The entry of the service worker. Registers every listener synchronously, as the browser demands of listeners whose
 * events may start the worker. `compose.ts` builds the parts that they call.
 */

import { createChromiumInterception } from '../interception/chromium/index.ts';
import { createFirefoxInterception } from '../interception/firefox/index.ts';
import { route } from '../messages/router.ts';
import { clickedLink } from './clicked-link.ts';
import { type Background, compose } from './compose.ts';
import { frontTabIn } from './front-tab.ts';
import { linkListener } from './link-listener.ts';
import { linkMenu } from './link-menu.ts';
import { challengeStore } from './session-storage.ts';
import { reportFailure, Startup } from './startup.ts';

const ONBOARDING = 'src/pages/onboarding/index.html';
/** How often maintenance runs (minutes): open payments, incoming money, the automatic lock. */
const MAINTAIN_EVERY = 0.5;

const startup = new Startup(() => compose(interception));
// The build for each browser carries its own way only.
const createInterception =
  import.meta.env.MODE === 'firefox' ? createFirefoxInterception : createChromiumInterception;
const interception = createInterception({
  session: challengeStore,
  mayProbePrice: async () => (await startup.background()).vault.exists(),
  isManual: (challenge) =>
    startup
      .background()
      .then(({ isManual }) => isManual(challenge))
      .catch(() => false),
  changed: () => startup.use(({ notices }) => notices.update()),
});

startup.use(() => undefined);
linkListener.resume().catch(reportFailure);

interception.watch({
  onChallenge: (challenge) =>
    void startup
      .background()
      .then(({ challenges }) => challenges.challenged(challenge))
      .catch((failure: unknown) => {
        // A background that cannot be built must not keep pages waiting.
        interception.release(challenge);
        reportFailure(failure);
      }),
  onUnheld: (challenge) => startup.use(({ challenges }) => challenges.notHeld(challenge)),
  onOverLimit: (challenge) => startup.use(({ challenges }) => challenges.overLimit(challenge)),
  onManual: (challenge) => startup.use(({ challenges }) => challenges.manual(challenge)),
  onUnpriced: (response) => startup.use(({ challenges }) => challenges.unpriced(response)),
  onWithdrawn: (challenge) => startup.use(({ challenges }) => challenges.withdrawn(challenge)),
});
route({
  page: async () => (await startup.background()).page,
  bridge: {
    'request.held': (input, sender) => interception.held(sender, input),
    'request.dropped': async (input, sender) => {
      await interception.dropped(sender, input);
      return null;
    },
    'document.left': async (_, sender) => {
      await interception.left(sender);
      const tabId = sender.tab?.id;
      if (tabId !== undefined) startup.use(({ tabs }) => tabs.documentLeft(tabId));
      return null;
    },
    'link.clicked': async ({ text }, sender) => {
      const link = clickedLink(text, sender);
      if (link === null || !(await linkListener.isOn())) return false;
      await (await startup.background()).links.clicked(link);
      return true;
    },
  },
});
chrome.alarms.onAlarm.addListener(() =>
  startup.use(({ maintenance, notifications }) => {
    notifications.update();
    return maintenance.run();
  }),
);
// Without the permission `idle`, which Firefox is not asked for, there is none.
chrome.idle?.onStateChanged.addListener((state) => {
  if (state === 'locked') startup.use(({ screenLock }) => screenLock.locked());
});
const lookedAt = ({ attention, notifications }: Background, tabId: number): void => {
  attention.lookedAt(tabId);
  notifications.update();
};
chrome.tabs.onActivated.addListener(({ tabId }) => startup.use((background) => lookedAt(background, tabId)));
chrome.windows.onFocusChanged.addListener((windowId) => {
  if (windowId === chrome.windows.WINDOW_ID_NONE) return;
  startup.use(async (background) => {
    const tabId = await frontTabIn(windowId);
    if (tabId !== undefined) lookedAt(background, tabId);
  });
});
const notificationClicked = (name: string) => startup.use(({ notifications }) => notifications.clicked(name));
// There are none before the optional permission was granted. To listen twice with the same function is to listen once.
const listenToNotifications = () => chrome.notifications?.onClicked.addListener(notificationClicked);
listenToNotifications();
chrome.permissions.onAdded.addListener(() => {
  listenToNotifications();
  startup.use(({ notifications }) => notifications.switched());
});
chrome.permissions.onRemoved.addListener(() => startup.use(({ notifications }) => notifications.switched()));
chrome.tabs.onRemoved.addListener((tabId) => startup.use(({ tabs }) => tabs.removed(tabId)));
chrome.windows.onRemoved.addListener((windowId) => startup.use(({ links }) => links.closed(windowId)));
chrome.webNavigation.onCreatedNavigationTarget.addListener(({ sourceTabId, tabId }) =>
  startup.use(({ tabs }) => tabs.opened(sourceTabId, tabId)),
);
chrome.tabs.onReplaced.addListener((to, from) => startup.use(({ tabs }) => tabs.replaced(from, to)));
chrome.tabs.onUpdated.addListener((tabId, { status }) => {
  if (status !== undefined) startup.use(({ tabs }) => tabs.updated(tabId));
});
chrome.contextMenus.onClicked.addListener((choice, tab) => linkMenu.clicked(choice, tab));
chrome.runtime.onInstalled.addListener(({ reason }) => {
  linkMenu.make();
  if (reason === 'install') void chrome.tabs.create({ url: chrome.runtime.getURL(ONBOARDING) });
});
// The name stays: an alarm of an older version outlives the update, and another name would make two of them.
void chrome.alarms.create('tend', { periodInMinutes: MAINTAIN_EVERY });
