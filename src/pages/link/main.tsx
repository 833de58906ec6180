import { mount } from '../../ui/mount.ts';
import { Link } from './Link.tsx';
import './link.css';

mount(<Link id={new URLSearchParams(location.search).get('id') ?? ''} />);
