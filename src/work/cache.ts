import * as v from 'valibot';
import {
  ThresholdSchema,
  type WorkNonce,
  WorkNonceSchema,
  type WorkRoot,
  WorkRootSchema,
} from './difficulty.ts';

/** Work found ahead of its block. `foundAt` is in ms since the epoch. */
export interface WorkEntry {
  readonly root: WorkRoot;
  readonly nonce: WorkNonce;
  readonly foundAt: number;
}

/** That work is wanted ahead of its block: what survives the worker and the browser. `askedAt` is in ms. */
export const WorkIntentSchema = v.object({
  root: WorkRootSchema,
  threshold: ThresholdSchema,
  askedAt: v.number(),
});
export type WorkIntent = v.InferOutput<typeof WorkIntentSchema>;

/** What a cache hands back is only worth reading further if it has this; whether it is work is checked besides. */
export const WorkEntrySchema = v.object({
  root: WorkRootSchema,
  nonce: WorkNonceSchema,
  foundAt: v.number(),
});

/** Where work and the wish for it are kept. What comes out is checked by the scheduler, never believed. */
export interface WorkCache {
  /** The entry of this root, or undefined. */
  get(root: WorkRoot): Promise<unknown>;
  /** Keeps the entry in place of any other of its root. */
  put(entry: WorkEntry): Promise<void>;
  /** Forgets the entry of this root, if there is one. */
  drop(root: WorkRoot): Promise<void>;
  readonly intents: {
    list(): Promise<readonly unknown[]>;
    /** Keeps the intent in place of any other of its root. */
    put(intent: WorkIntent): Promise<void>;
    /** Forgets the intent of this root, if there is one. */
    drop(root: WorkRoot): Promise<void>;
  };
}
