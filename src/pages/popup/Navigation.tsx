import type { PlainMessageKey } from '../../fault.ts';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { t } from '../../ui/i18n.ts';
import { go, type Place } from './place.ts';

type Tab = 'home' | 'activity' | 'budgets' | 'settings';

const TABS: readonly { readonly name: Tab; readonly icon: IconName; readonly label: PlainMessageKey }[] = [
  { name: 'home', icon: 'home', label: 'popup_home' },
  { name: 'activity', icon: 'list', label: 'popup_activity' },
  { name: 'budgets', icon: 'gauge', label: 'popup_budgets' },
  { name: 'settings', icon: 'settings', label: 'popup_settings' },
];

/** The bar of pages at the foot of the popup. */
export function Navigation({ place }: { readonly place: Place }) {
  const current = tabOf(place);
  return (
    <nav class="tabs" aria-label={t('popup_navigation')}>
      {TABS.map(({ name, icon, label }) => (
        <button
          key={name}
          type="button"
          class="tab"
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

/** Under which tab a place belongs. */
function tabOf(place: Place): Tab {
  switch (place.name) {
    case 'home':
    case 'send':
    case 'tab':
      return 'home';
    case 'activity':
      return 'activity';
    case 'small':
    case 'story':
    case 'budget':
      return tabOf(place.from);
    case 'budgets':
      return 'budgets';
    case 'settings':
    case 'network':
    case 'backup':
    case 'work':
    case 'log':
      return 'settings';
  }
}
