import { mount } from '../../ui/mount.ts';
import { Developer } from './Developer.tsx';
import './developer.css';

mount(<Developer />);
