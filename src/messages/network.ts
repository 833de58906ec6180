import * as v from 'valibot';
import { text } from './fields.ts';
import { message } from './message.ts';

export interface NetworkView {
  readonly id: string;
  readonly label: string;
  readonly rpcUrls: readonly string[];
  readonly wsUrl: string | null;
  readonly otherWsUrls?: readonly string[];
  readonly thresholds: { readonly send: string; readonly receive: string };
  readonly testMoney: boolean;
  readonly representative: string;
  readonly explorerUrl: string | null;
  readonly builtIn: boolean;
}

/** A network as a page changes it. */
const profile = v.strictObject({
  id: text(64),
  label: text(64),
  rpcUrls: v.pipe(v.array(text(512)), v.maxLength(16)),
  wsUrl: v.nullable(text(512)),
  otherWsUrls: v.exactOptional(v.pipe(v.array(text(512)), v.maxLength(16))),
  thresholds: v.strictObject({ send: text(16), receive: text(16) }),
  testMoney: v.boolean(),
  representative: text(80),
  explorerUrl: v.nullable(text(512)),
});

export const networkMessages = {
  'network.use': message(v.strictObject({ id: text(64) }), 'open')<null>(),
  'network.save': message(v.strictObject({ profile }), 'open')<null>(),
  'network.remove': message(v.strictObject({ id: text(64) }), 'open')<null>(),
} as const;
