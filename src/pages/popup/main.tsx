import { keepData } from '../../ui/keep-data.ts';
import { mount } from '../../ui/mount.ts';
import { Popup } from './Popup.tsx';
import './styles/index.css';

mount(<Popup />);
keepData().catch(console.error);
