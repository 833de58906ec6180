import * as v from 'valibot';
import { nothing, text } from './fields.ts';
import { message } from './message.ts';

/** How far the proof of work for the next payment is; `resting` while it waits until it is needed. */
export type WorkState = 'ready' | 'working' | 'resting' | 'none';

/** The search that is running. */
export interface WorkProgressView {
  /** The names of the engines that search. */
  readonly engines: readonly string[];
  /** When it began (ms since the epoch). */
  readonly since: number;
  /** The mean remaining time (ms), which is the same at any moment of a search; null while unknown. */
  readonly meanMs: number | null;
}

/** What computes the proof of work. */
export interface WorkEngineView {
  /** `gpu`, `cpu`, or the URL of a work server. */
  readonly name: string;
  readonly kind: 'local' | 'server';
  readonly state: 'retired' | 'unavailable' | 'works' | 'untried';
  /** Hashes a second; null while unknown. */
  readonly rate: number | null;
  /** Whether it is asked first. */
  readonly leads: boolean;
}

export interface WorkView {
  readonly engines: readonly WorkEngineView[];
  /** How many threads the processor runs at once, and how many may be used; null for as many as the purse thinks fit. */
  readonly cores: number;
  readonly workers: number | null;
  readonly ahead: 'always' | 'battery' | 'plugged' | 'never';
  readonly servers: readonly string[];
}

/** How long it takes until the next payment is prepared, and goes out at once. */
export interface NextPaymentView {
  /** `unfunded`: no money has come yet, and the time counts from its arrival. */
  readonly state: 'unfunded' | 'preparing' | 'ready';
  /** On average (ms); null while the speed of this device is unknown. */
  readonly meanMs: number | null;
}

export const workMessages = {
  'work.read': message(nothing, 'open')<WorkView>(),
  /** Returns null while no search runs. */
  'work.progress': message(nothing, 'open')<WorkProgressView | null>(),
  'work.nextPayment': message(nothing, 'open')<NextPaymentView>(),
  'work.rules': message(
    v.strictObject({
      workers: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
      ahead: v.picklist(['always', 'battery', 'plugged', 'never']),
      servers: v.pipe(v.array(text(512)), v.maxLength(16)),
    }),
    'open',
  )<null>(),
  'work.test': message(nothing, 'open')<null>(),
} as const;
