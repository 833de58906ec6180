/**
 * The packaged worker with nano-pow in it. It is started only where there is a graphics card, has no `localStorage` for
 * nano-pow to keep roots in, and is believed in nothing.
 */
import { NanoPow } from 'nano-pow';
import type { GpuCommand } from '../../work/engines/gpu-engine.ts';

self.addEventListener('message', async ({ data }: MessageEvent<GpuCommand>) => {
  const { root, threshold, effort } = data;
  const answer = await NanoPow.work_generate(root, { api: 'webgpu', difficulty: threshold, effort });
  if ('error' in answer) self.postMessage({ kind: 'failed', reason: String(answer.error) });
  else self.postMessage({ kind: 'found', nonce: answer.work });
});

// A lost card shows in a promise that nano-pow leaves to nobody.
self.addEventListener('unhandledrejection', ({ reason }) => {
  self.postMessage({ kind: 'failed', reason: String(reason) });
});
