import { KDF_PARAMETERS, type KdfParameters } from '../../src/vault/key-derivation.ts';
import { seal, unseal } from '../../src/vault/seal.ts';
import { type Row, row } from './rows.ts';

/** What unlocking costs now, and what it would cost at other parameters: RFC 9106 and OWASP's least among them. */
const CANDIDATES: readonly KdfParameters[] = [
  { memoryKiB: 19 * 1024, iterations: 2, parallelism: 1 },
  { memoryKiB: 46 * 1024, iterations: 1, parallelism: 1 },
  KDF_PARAMETERS,
  { memoryKiB: 128 * 1024, iterations: 3, parallelism: 1 },
  { memoryKiB: 256 * 1024, iterations: 1, parallelism: 1 },
];

/** How long it takes to open a sealed seed, for several costs of guessing. */
export async function benchKdf(samples: number): Promise<readonly Row[]> {
  const secret = crypto.getRandomValues(new Uint8Array(64));
  const password = crypto.randomUUID();
  const rows: Row[] = [];
  for (const parameters of CANDIDATES) {
    const sealed = await seal(secret, password, parameters);
    const times: number[] = [];
    while (times.length < samples) {
      const began = performance.now();
      await unseal(sealed, password);
      times.push(performance.now() - began);
    }
    const { memoryKiB, iterations } = parameters;
    const inUse = parameters === KDF_PARAMETERS ? ' (in use)' : '';
    rows.push(row(`kdf: Argon2id m=${memoryKiB / 1024} MiB t=${iterations}${inUse}`, times, 'ms'));
  }
  return rows;
}
