import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inEnglish } from '../../test/conformance/english.ts';
import { ZERO } from '../nano/amount.ts';
import type { Finding } from './probe.ts';
import { PROBES } from './probes/index.ts';
import { sentence } from './sentence.ts';
import { testCodeOf } from './test-code.ts';

const server = createServer((request, response) => {
  response.writeHead(request.headers['payment-signature'] === 'x";y' ? 400 : 402).end();
});
let url: string;
let folder: string;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/it's`;
  folder = mkdtempSync(join(tmpdir(), 'nano-purse-test-code-'));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const [probe] = PROBES;
const because = sentence('probe_noAnswer');
const headers = { 'PAYMENT-SIGNATURE': 'x";y' };
const exchange = (status: number, sent = headers) => ({
  sent: { method: 'GET', url, headers: sent, body: null },
  received: { status, headers: {}, body: '' },
});
const findingOf = (parts: Partial<Finding>): Finding => {
  if (probe === undefined) throw new Error('there are probes');
  const verdict = { kind: 'pass', because } as const;
  return {
    probe,
    mechanism: null,
    verdict,
    severity: null,
    exchanges: [exchange(400)],
    spent: ZERO,
    ...parts,
  };
};
const failed = { kind: 'fail', because } as const;

/** Runs the code with Node's own test runner, beside the server. Returns whether it passed. */
async function passes(code: string | null): Promise<boolean> {
  const file = join(folder, `${crypto.randomUUID()}.test.mjs`);
  writeFileSync(file, code ?? '');
  try {
    await promisify(execFile)(process.execPath, ['--test', file]);
    return true;
  } catch {
    return false;
  }
}

describe('a finding as a test', () => {
  test('passes while the server answers as it did, and fails once it does not', async () => {
    expect(await passes(testCodeOf(findingOf({}), inEnglish))).toBe(true);
    expect(await passes(testCodeOf(findingOf({ exchanges: [exchange(200)] }), inEnglish))).toBe(false);
  });

  test('of a failure fails as long as the server does, whatever it answered before', async () => {
    const exchanges = [exchange(400), exchange(400)];
    expect(await passes(testCodeOf(findingOf({ verdict: failed, exchanges }), inEnglish))).toBe(false);
    const mended = [exchange(400), exchange(200)];
    expect(await passes(testCodeOf(findingOf({ verdict: failed, exchanges: mended }), inEnglish))).toBe(true);
  });

  test.each<[string, Partial<Finding>]>([
    ['nothing was judged', { verdict: { kind: 'skipped', because } }],
    ['nothing was sent', { exchanges: [] }],
    ['an answer is missing', { exchanges: [{ ...exchange(400), received: null }] }],
    ['a redirect was all that the browser told', { exchanges: [exchange(0)] }],
    ['a payment was made', { spent: 1n as Finding['spent'] }],
  ])('is none where %s', (_, parts) => {
    expect(testCodeOf(findingOf(parts), inEnglish)).toBeNull();
  });
});
