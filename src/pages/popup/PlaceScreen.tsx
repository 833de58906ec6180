import type { OpenPurseView } from '../../messages/views.ts';
import { Activity } from './Activity.tsx';
import { Backup } from './Backup.tsx';
import { BudgetEditor } from './BudgetEditor.tsx';
import { Budgets } from './Budgets.tsx';
import { Home } from './Home.tsx';
import { Log } from './Log.tsx';
import type { Place } from './place.ts';
import { Send } from './Send.tsx';
import { SmallReceives } from './SmallReceives.tsx';
import { NetworkEditor } from './settings/NetworkEditor.tsx';
import { Settings } from './settings/Settings.tsx';
import { Story } from './story/Story.tsx';
import { Tab } from './Tab.tsx';
import { Work } from './Work.tsx';

/** The screen of a place. */
export function PlaceScreen({ place, purse }: { readonly place: Place; readonly purse: OpenPurseView }) {
  switch (place.name) {
    case 'home':
      return <Home purse={purse} />;
    case 'activity':
      return <Activity />;
    case 'small':
      return <SmallReceives from={place.from} />;
    case 'story':
      return <Story id={place.id} from={place.from} purse={purse} />;
    case 'tab':
      return <Tab tabId={place.tabId} />;
    case 'budgets':
      return <Budgets paused={purse.paused} />;
    case 'budget':
      return <BudgetEditor budget={place.budget} from={place.from} />;
    case 'send':
      return <Send purse={purse} />;
    case 'settings':
      return <Settings />;
    case 'network':
      return <NetworkEditor network={place.network} />;
    case 'backup':
      return <Backup />;
    case 'work':
      return <Work purse={purse} />;
    case 'log':
      return <Log />;
  }
}
