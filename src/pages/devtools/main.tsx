import { mount } from '../../ui/mount.ts';
import { inspectedTab } from './inspected-tab.ts';
import { Panel } from './Panel.tsx';
import './panel.css';

mount(<Panel tabId={inspectedTab()} />);
