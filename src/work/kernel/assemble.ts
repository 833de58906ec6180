import binaryen from 'binaryen';
import { type KernelName, kernelSource } from './source.ts';

/** Assembles the kernel as a WebAssembly module. The bytes depend on the source alone. */
export function assembleKernel(name: KernelName): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(kernelSource(name));
  try {
    module.setFeatures(name === 'simd' ? binaryen.Features.SIMD128 : binaryen.Features.MVP);
    if (!module.validate()) throw new Error(`the ${name} kernel is not valid WebAssembly`);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}
