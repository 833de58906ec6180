import type { TestPurse } from './purse.ts';

interface Answer {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number };
}

/** What the background worker's heap holds after a collection (bytes). */
export async function workerHeap({ context, extensionId }: TestPurse): Promise<number> {
  const page = context.pages()[0];
  if (page === undefined) throw new Error('no page to ask from');
  const browser = await context.browser()?.newBrowserCDPSession();
  const session = browser ?? (await context.newCDPSession(page));
  const { targetInfos } = await session.send('Target.getTargets');
  const worker = targetInfos.find(({ type, url }) => type === 'service_worker' && url.includes(extensionId));
  if (worker === undefined) throw new Error('the worker sleeps');
  const { sessionId } = await session.send('Target.attachToTarget', { targetId: worker.targetId });
  const ask = (id: number, method: string) =>
    new Promise<Answer>((resolve) => {
      session.on('Target.receivedMessageFromTarget', ({ message }) => {
        const answer: Answer = JSON.parse(message);
        if (answer.id === id) resolve(answer);
      });
      void session.send('Target.sendMessageToTarget', {
        sessionId,
        message: JSON.stringify({ id, method }),
      });
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  const { result } = await ask(2, 'Runtime.getHeapUsage');
  await session.send('Target.detachFromTarget', { sessionId });
  await session.detach();
  if (result?.usedSize === undefined) throw new Error('the worker does not tell its heap');
  return result.usedSize;
}
