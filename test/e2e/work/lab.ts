import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { builtWork, ROOT } from '../build.ts';
import { launchChromium } from '../chromium.ts';
import type { Lab } from './extension/page.ts';

const page = 'test/e2e/work/extension/page.html';

/** Makes Chromium compute for a graphics card itself. */
export const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** A browser with the engines in a page. */
export interface LabBrowser {
  readonly page: Page;
  /** Asks the page. */
  ask<Q extends Exclude<keyof Lab, 'close'>>(
    question: Q,
    ...input: Parameters<Lab[Q]>
  ): Promise<Awaited<ReturnType<Lab[Q]>>>;
  /** The processor time that all renderers have taken, in seconds. */
  cpuTime(): Promise<number>;
  /** The memory that all renderers hold, in MiB. */
  memory(): Promise<number>;
  /** Loads the page anew: every worker and every kept result is gone. */
  fresh(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a browser with the engines in it. */
export async function startLab(extraArgs: readonly string[] = []): Promise<LabBrowser> {
  const { context, extensionId } = await launchChromium({ extension: builtWork(), extraArgs });
  const view = await context.newPage();
  const fresh = async (): Promise<void> => {
    await view.goto(`chrome-extension://${extensionId}/${page}`);
    await view.waitForFunction(() => 'lab' in globalThis);
  };
  const renderers = async () => {
    const session = await context.browser()?.newBrowserCDPSession();
    const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {};
    await session?.detach();
    return processInfo.filter(({ type }) => type === 'renderer');
  };
  await fresh();
  return {
    page: view,
    ask: (question, ...input) =>
      view.evaluate(
        ([what, words]) => {
          const answer = lab[what] as (...given: unknown[]) => unknown;
          return answer(...words);
        },
        [question, input] as const,
        // The page's answer is of the question's own type; evaluate cannot follow that far.
      ) as Promise<never>,
    fresh,
    cpuTime: async () => (await renderers()).reduce((sum, { cpuTime }) => sum + cpuTime, 0),
    memory: async () => (await renderers()).reduce((sum, { id }) => sum + residentMiB(id), 0),
    close: () => context.close(),
  };
}

/** nano-pow's kernel as its package has it, in base64. */
export function nanoPowKernel(): string {
  const code = readFileSync(join(ROOT, 'node_modules/nano-pow/dist/main.min.js'), 'utf8');
  const [, base64] = /Uint8Array\.fromBase64\("([A-Za-z0-9+/=]+)"\)/.exec(code) ?? [];
  if (base64 === undefined) throw new Error('nano-pow keeps its kernel elsewhere');
  return base64;
}

/** What the system says that a process holds in memory. */
function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
