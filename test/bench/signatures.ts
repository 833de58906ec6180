import { randomBytes, randomInt } from 'node:crypto';
import { derivesAlike, disagreements } from '../../src/nano/ed25519.fixture.ts';
import { type Row, row } from './rows.ts';

/**
 * Compares our signatures, verifications (nine a case) and derivations with nanocurrency-web's, on random cases, and
 * returns how long a case takes with both.
 *
 * @throws Error with the first case on which they differ
 */
export async function benchSignatures(cases: number): Promise<readonly Row[]> {
  const times: number[] = [];
  while (times.length < cases) {
    const one = { key: randomBytes(32), message: randomBytes(randomInt(200)), bit: randomInt(512) };
    const [seed, index] = [randomBytes(64), randomInt(2 ** 31)];
    const began = performance.now();
    const found = [
      ...disagreements(one),
      ...(derivesAlike(seed, index) ? [] : ['derivation by BIP44']),
      ...(derivesAlike(seed.subarray(32), index) ? [] : ['legacy derivation']),
    ];
    times.push(performance.now() - began);
    if (found.length > 0) {
      const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
      throw new Error(
        `${found.join(', ')}: key ${hex(one.key)}, message ${hex(one.message)}, bit ${one.bit}, seed ${hex(seed)}, index ${index}`,
      );
    }
  }
  return [row('signatures: a case, both libraries', times, 'ms')];
}
