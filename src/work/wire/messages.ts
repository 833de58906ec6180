/**
 * What is said between the scheduler's context and the one that has the engine, when these are two: the service worker
 * and the offscreen document of Chromium.
 */
import * as v from 'valibot';
import { ThresholdSchema, WorkNonceSchema, WorkRootSchema } from '../difficulty.ts';

/** A line between two contexts of the extension, in the shape of `chrome.runtime.Port`. */
export interface WirePort {
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

/** What the scheduler's side asks for. Ids are its own, for as long as the port lives. */
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

/** What the engine's side answers. A `searching` says no more than that: hearing it keeps a service worker alive. */
export const AnswerSchema = v.variant('kind', [
  v.object({ kind: v.literal('solved'), id: v.number(), nonce: WorkNonceSchema }),
  v.object({ kind: v.literal('failed'), id: v.number(), reason: v.string() }),
  /** The search waits for more power. */
  v.object({ kind: v.literal('resting'), id: v.number() }),
  v.object({ kind: v.literal('searching'), id: v.number() }),
]);
export type Answer = v.InferOutput<typeof AnswerSchema>;
