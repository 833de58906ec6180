import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from './test-account.ts';

const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));

function run(...options: readonly string[]) {
  return spawn(process.execPath, ['--import', 'tsx', CLI, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
}

test('the command prints its URLs, serves requests, and ends on a signal', async () => {
  const child = run('--rpc-port', '0', '--ws-port', '0', '--network', 'nano:beta');
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes('Ctrl+C')) break;
  }
  const [, rpcUrl = ''] = /JSON-RPC +(\S+)/.exec(said) ?? [];
  expect(await ask(rpcUrl, { action: 'version' })).toMatchObject({ network: 'nano:beta' });
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
}, 30_000);

test('the command explains an invalid option', async () => {
  const child = run('--delay', 'soon');
  let said = '';
  for await (const chunk of child.stderr) said += String(chunk);
  expect(said).toContain('--delay takes a whole number, not "soon"');
  expect(said).toContain('--rpc-port N');
}, 30_000);
