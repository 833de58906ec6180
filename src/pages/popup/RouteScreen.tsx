import type { OpenPurseView } from '../../messages/purse.ts';
import { Activity } from './Activity.tsx';
import { Backup } from './Backup.tsx';
import { Budgets } from './Budgets.tsx';
import { Home } from './Home.tsx';
import { Log } from './Log.tsx';
import type { Route } from './route.ts';
import { SiteActivity } from './SiteActivity.tsx';
import { SmallReceives } from './SmallReceives.tsx';
import { Send } from './send/Send.tsx';
import { About } from './settings/About.tsx';
import { ChangePassword } from './settings/ChangePassword.tsx';
import { ErasePurse } from './settings/ErasePurse.tsx';
import { NetworkEditor } from './settings/NetworkEditor.tsx';
import { Settings } from './settings/Settings.tsx';
import { Story } from './story/Story.tsx';
import { Tab } from './Tab.tsx';
import { Work } from './Work.tsx';

/** Renders the screen of a route. */
export function RouteScreen({ route, purse }: { readonly route: Route; readonly purse: OpenPurseView }) {
  switch (route.name) {
    case 'home':
      return <Home purse={purse} />;
    case 'activity':
      return <Activity />;
    case 'site':
      return <SiteActivity site={route.site} from={route.from} />;
    case 'small':
      return <SmallReceives from={route.from} />;
    case 'story':
      return <Story id={route.id} from={route.from} purse={purse} />;
    case 'tab':
      return <Tab tabId={route.tabId} />;
    case 'budgets':
      return <Budgets paused={purse.paused} site={route.site ?? null} />;
    case 'send':
      return <Send purse={purse} />;
    case 'settings':
      return <Settings />;
    case 'network':
      return <NetworkEditor network={route.network} />;
    case 'backup':
      return <Backup />;
    case 'password':
      return <ChangePassword />;
    case 'erase':
      return <ErasePurse />;
    case 'about':
      return <About />;
    case 'work':
      return <Work purse={purse} />;
    case 'log':
      return <Log />;
  }
}
