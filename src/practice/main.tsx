import { mount } from '../ui/mount.ts';
import { PracticePage } from './PracticePage.tsx';
import './practice.css';

mount(<PracticePage />);
