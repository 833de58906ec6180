/**
 * The messages between the context of the scheduler and that of the engine, where these differ: the service worker and
 * the offscreen document of Chromium.
 */
import * as v from 'valibot';
import { ThresholdSchema, WorkNonceSchema, WorkRootSchema } from '../difficulty.ts';

/** A port between two contexts of the extension: the part of `chrome.runtime.Port` that is used here. */
export interface WirePort {
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

/** A message of the scheduler's side. Its ids are unique within one port. */
export const RequestSchema = v.variant('kind', [
  v.object({
    kind: v.literal('solve'),
    id: v.number(),
    engine: v.string(),
    root: WorkRootSchema,
    threshold: ThresholdSchema,
    urgency: v.picklist(['background', 'foreground']),
    limits: v.optional(v.object({ workers: v.nullable(v.number()), batteryFloor: v.number() })),
  }),
  v.object({ kind: v.literal('stop'), id: v.number() }),
]);
export type Request = v.InferOutput<typeof RequestSchema>;

/** A message of the engine's side. `searching` is sent only because receiving it keeps a service worker alive. */
export const AnswerSchema = v.variant('kind', [
  v.object({ kind: v.literal('solved'), id: v.number(), nonce: WorkNonceSchema }),
  v.object({ kind: v.literal('failed'), id: v.number(), reason: v.string() }),
  /** The search was refused because the battery is low. */
  v.object({ kind: v.literal('resting'), id: v.number() }),
  v.object({ kind: v.literal('searching'), id: v.number() }),
]);
export type Answer = v.InferOutput<typeof AnswerSchema>;
