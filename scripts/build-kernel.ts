/** Builds the proof-of-work kernels into `.build/kernel/`, from where the bundler takes them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { assembleKernel } from '../src/work/kernel/assemble.ts';
import { kernelNames } from '../src/work/kernel/source.ts';

/** Writes both kernels, as their source now makes them. */
export function buildKernels(): void {
  const folder = new URL('../.build/kernel/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const name of kernelNames) writeFileSync(new URL(`${name}.wasm`, folder), assembleKernel(name));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) buildKernels();
