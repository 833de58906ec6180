import { mount } from '../ui/mount.ts';
import { Onboarding } from './Onboarding.tsx';
import './onboarding.css';

mount(<Onboarding />);
