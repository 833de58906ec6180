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

/** A request to precompute work, which survives the worker and the browser. `askedAt` is in ms since the epoch. */
export const WorkIntentSchema = v.object({
  root: WorkRootSchema,
  threshold: ThresholdSchema,
  askedAt: v.number(),
});
export type WorkIntent = v.InferOutput<typeof WorkIntentSchema>;

/** The form of a cache entry. Whether its nonce is valid work is checked separately. */
export const WorkEntrySchema = v.object({
  root: WorkRootSchema,
  nonce: WorkNonceSchema,
  foundAt: v.number(),
});

/** The store of found work and of the requests to precompute it. The scheduler checks everything that it reads. */
export interface WorkCache {
  /** The entry of this root, or undefined. */
  get(root: WorkRoot): Promise<unknown>;
  /** Writes the entry in the place of any other of its root. */
  put(entry: WorkEntry): Promise<void>;
  /** Removes the entry of this root, if there is one. */
  drop(root: WorkRoot): Promise<void>;
  readonly intents: {
    list(): Promise<readonly unknown[]>;
    /** Writes the intent in the place of any other of its root. */
    put(intent: WorkIntent): Promise<void>;
    /** Removes the intent of this root, if there is one. */
    drop(root: WorkRoot): Promise<void>;
  };
}
