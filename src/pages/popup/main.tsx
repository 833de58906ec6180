import { keepData } from '../../ui/keep-data.ts';
import { mount } from '../../ui/mount.ts';
import { isToolbarPopup } from '../../ui/open-page.ts';
import { Popup } from './Popup.tsx';
import { openNamedPayment } from './route.ts';
import './styles/index.css';

openNamedPayment();
if (!isToolbarPopup()) document.documentElement.classList.add('in-tab');
mount(<Popup />);
keepData().catch(console.error);
