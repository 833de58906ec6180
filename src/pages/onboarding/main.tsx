import { keepData } from '../../ui/keep-data.ts';
import { mount } from '../../ui/mount.ts';
import { Onboarding } from './Onboarding.tsx';
import './onboarding.css';

mount(<Onboarding />);
keepData().catch(console.error);
