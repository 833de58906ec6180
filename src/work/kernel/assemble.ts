import binaryen from 'binaryen';
import { type KernelName, kernelSource } from './source.ts';

/** The kernel as a WebAssembly module, the same bytes for the same source, always. */
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
