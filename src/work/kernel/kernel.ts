import { rootBytes, type Threshold, toU64, type WorkRoot } from '../difficulty.ts';

/**
 * A search bound to a root and threshold: tries `count` nonces (positive and even) from `start` on, modulo 2^64, and
 * returns the first that reaches the threshold.
 */
export type Search = (start: bigint, count: number) => bigint | undefined;

/** An instantiated kernel. */
export type Kernel = (root: WorkRoot, threshold: Threshold) => Search;

/** Instantiates a module made from `kernelSource`. @throws TypeError when the module is not such a kernel */
export function openKernel(module: WebAssembly.Module): Kernel {
  const { search } = new WebAssembly.Instance(module).exports;
  if (typeof search !== 'function') throw new TypeError('the module has no search');

  return (root, threshold) => {
    const view = new DataView(rootBytes(root).buffer);
    const words = [0, 8, 16, 24].map((offset) => view.getBigUint64(offset, true));
    const limit = toU64(threshold);
    return (start, count) => {
      const offset: unknown = search(start, count, limit, ...words);
      return typeof offset === 'number' && offset >= 0
        ? BigInt.asUintN(64, start + BigInt(offset))
        : undefined;
    };
  };
}
