/**
 * The packaged worker with nano-pow. It starts only where there is a GPU, and has no `localStorage` in which nano-pow
 * could store block hashes. Its results are verified elsewhere.
 */
import { NanoPow } from 'nano-pow';
import type { GpuCommand } from '../../work/engines/gpu-engine.ts';

self.addEventListener('message', async ({ data }: MessageEvent<GpuCommand>) => {
  const { root, threshold, effort } = data;
  const answer = await NanoPow.work_generate(root, { api: 'webgpu', difficulty: threshold, effort });
  if ('error' in answer) self.postMessage({ kind: 'failed', reason: String(answer.error) });
  else self.postMessage({ kind: 'found', nonce: answer.work });
});

// A lost GPU device rejects a promise that nano-pow does not handle.
self.addEventListener('unhandledrejection', ({ reason }) => {
  self.postMessage({ kind: 'failed', reason: String(reason) });
});
