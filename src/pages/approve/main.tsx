import { mount } from '../../ui/mount.ts';
import { Approve } from './Approve.tsx';
import './approve.css';

mount(<Approve />);
