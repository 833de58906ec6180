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

/** A boxed remark in one of four tones. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`}>
      <Icon name={ICONS[tone]} />
      <div class="notice-text">{children}</div>
    </div>
  );
}

/**
 * An alert region for a failure. It is in the page before the failure, because screen readers announce only changes.
 */
export function FaultLine({ fault, id }: { readonly fault: Fault | null; readonly id?: string }) {
  return (
    <div role="alert" id={id} class="live">
      {fault && <Notice tone="bad">{sentenceOf(fault)}</Notice>}
    </div>
  );
}

/** A status region for a success. */
export function StatusLine({ text }: { readonly text: string | null }) {
  return (
    <div role="status" class="live">
      {text !== null && <Notice tone="good">{text}</Notice>}
    </div>
  );
}
