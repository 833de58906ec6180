import { expect, test } from 'vitest';
import { readAddress } from '../devnet/address.ts';
import vectors from '../vectors/data/signatures.json' with { type: 'json' };
import { isNomsSigned, nomsDigest } from './noms.ts';

test.each(vectors.trackB.vectors)('Track B: $name', (vector) => {
  expect(nomsDigest(vector.message)).toBe(vector.digest.toUpperCase());
  const account = 'account' in vector ? readAddress(String(vector.account)) : undefined;
  if (account === undefined) return;
  expect(isNomsSigned(vector.message, vector.signature, account)).toBe(true);
  expect(isNomsSigned(`${vector.message} `, vector.signature, account)).toBe(false);
});
