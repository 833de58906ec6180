import { type ReadonlySignal, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { PlainMessageKey } from '../../fault.ts';
import type { IconName } from '../../ui/components/Icon.tsx';
import { Decoder } from './Decoder.tsx';
import { Sandbox } from './Sandbox.tsx';
import { Tester } from './Tester.tsx';

/** One tool of the developer page. */
export interface Tool {
  /** The URL fragment of the tool. */
  readonly name: string;
  readonly label: PlainMessageKey;
  readonly icon: IconName;
  readonly Screen: ComponentType;
}

/** The tools in the order of their tabs. */
export const TOOLS: readonly [Tool, ...Tool[]] = [
  { name: 'decoder', label: 'developer_decoder', icon: 'code', Screen: Decoder },
  { name: 'tester', label: 'developer_tester', icon: 'gauge', Screen: Tester },
  { name: 'sandbox', label: 'developer_sandbox', icon: 'flask', Screen: Sandbox },
];

const current = signal(toolIn(location.hash));
addEventListener('hashchange', () => {
  current.value = toolIn(location.hash);
});

/** The tool that the URL fragment names; the first one by default. */
export const tool: ReadonlySignal<Tool> = current;

function toolIn(hash: string): Tool {
  return TOOLS.find(({ name }) => hash === `#${name}`) ?? TOOLS[0];
}
