import type { PlainMessageKey } from '../../fault.ts';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { t } from '../../ui/i18n.ts';
import { go, type Route } from './route.ts';

type Tab = 'home' | 'activity' | 'budgets' | 'settings';

const TABS: readonly { readonly name: Tab; readonly icon: IconName; readonly label: PlainMessageKey }[] = [
  { name: 'home', icon: 'home', label: 'popup_home' },
  { name: 'activity', icon: 'list', label: 'popup_activity' },
  { name: 'budgets', icon: 'gauge', label: 'popup_budgets' },
  { name: 'settings', icon: 'settings', label: 'popup_settings' },
];

/** The tab bar at the bottom of the popup. */
export function Navigation({ route }: { readonly route: Route }) {
  const current = tabOf(route);
  return (
    <nav class="tabs" aria-label={t('popup_navigation')}>
      {TABS.map(({ name, icon, label }) => (
        <button
          key={name}
          type="button"
          class="tab"
          data-testid={`tab-${name}`}
          aria-current={name === current ? 'page' : undefined}
          onClick={() => go({ name })}
        >
          <Icon name={icon} />
          <span>{t(label)}</span>
        </button>
      ))}
    </nav>
  );
}

/** Returns the tab that a route belongs to. */
function tabOf(route: Route): Tab {
  switch (route.name) {
    case 'home':
    case 'send':
    case 'tab':
      return 'home';
    case 'activity':
      return 'activity';
    case 'small':
    case 'site':
    case 'story':
      return tabOf(route.from);
    case 'budgets':
      return 'budgets';
    case 'settings':
    case 'network':
    case 'backup':
    case 'password':
    case 'erase':
    case 'about':
    case 'work':
    case 'log':
      return 'settings';
  }
}
