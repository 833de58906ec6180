import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The server of docs/DEVELOPERS.md, as a reader of the page would run it. */
export interface Tutorial {
  readonly origin: string;
  close(): Promise<void>;
}

const PAGE = new URL('../../../docs/DEVELOPERS.md', import.meta.url);

/** Takes the server out of the page and starts it. */
export async function startTutorial(environment: {
  readonly PAY_TO: string;
  readonly RPC: string;
  readonly NETWORK?: string;
}): Promise<Tutorial> {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  if (code === undefined) throw new Error('there is no server in docs/DEVELOPERS.md');
  const folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
  writeFileSync(join(folder, 'server.mjs'), code);
  const port = await freePort();
  const server = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await told(server, 'selling at');
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

function told(server: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    server.stdout?.on('data', (data) => String(data).includes(words) && resolve());
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject()));
    });
  });
}
