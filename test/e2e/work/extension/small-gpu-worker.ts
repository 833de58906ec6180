/**
 * The product's own GPU worker, on a card so small that a processor can play it: each dispatch tries 2^14 nonces where
 * nano-pow would have it try millions. Under the name `mortal` it loses its card at the second dispatch.
 */
import '../../../../src/pages/offscreen/gpu-worker.ts';

const GRID = 16;

const requestDevice = GPUAdapter.prototype.requestDevice;
let device: GPUDevice | undefined;
GPUAdapter.prototype.requestDevice = async function (...description) {
  device = await requestDevice.apply(this, description);
  return device;
};

let dispatches = 0;
const dispatch = GPUComputePassEncoder.prototype.dispatchWorkgroups;
GPUComputePassEncoder.prototype.dispatchWorkgroups = function () {
  dispatch.call(this, GRID, GRID);
  if (++dispatches === 2 && self.name === 'mortal') device?.destroy();
};
