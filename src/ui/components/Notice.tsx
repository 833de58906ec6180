import type { ComponentChildren } from 'preact';
import type { Fault } from '../../fault.ts';
import { sentenceOf } from '../i18n.ts';
import { Icon, type IconName } from './Icon.tsx';

type Tone = 'info' | 'good' | 'warn' | 'bad';

const ICONS: Readonly<Record<Tone, IconName>> = {
  info: 'info',
  good: 'check',
  warn: 'warning',
  bad: 'warning',
};

/** A boxed remark that stands on the page from the start. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`}>
      <Icon name={ICONS[tone]} />
      <div class="notice-text">{children}</div>
    </div>
  );
}

/** Where a failure is said, to the eye and to a screen reader. The region is there before the failure is. */
export function FaultLine({ fault, id }: { readonly fault: Fault | null; readonly id?: string }) {
  return (
    <div role="alert" id={id} class="live">
      {fault && <Notice tone="bad">{sentenceOf(fault)}</Notice>}
    </div>
  );
}

/** Where a success is said. */
export function StatusLine({ text }: { readonly text: string | null }) {
  return (
    <div role="status" class="live">
      {text !== null && <Notice tone="good">{text}</Notice>}
    </div>
  );
}
