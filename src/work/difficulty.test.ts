import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import {
  meets,
  nonceOf,
  parseThreshold,
  parseWorkNonce,
  parseWorkRoot,
  ThresholdSchema,
  timesHarder,
  toU64,
  WorkRootSchema,
  workValue,
} from './difficulty.ts';

interface WorkVectors {
  readonly proofOfWork: {
    readonly thresholds: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly vectors: readonly {
      readonly name: string;
      readonly root: string;
      readonly work: string;
      readonly difficulty: string;
      readonly valid: Readonly<Record<string, boolean>>;
    }[];
  };
}

const { proofOfWork }: WorkVectors = JSON.parse(
  readFileSync(new URL('../../test/vectors/data/work.json', import.meta.url), 'utf8'),
);

/** The thresholds of the vectors, by the names in their field `valid`. */
const judged: Readonly<Record<string, string | undefined>> = {
  mainnetSend: proofOfWork.thresholds.mainnet?.sendChange,
  mainnetReceive: proofOfWork.thresholds.mainnet?.receiveOpenEpoch,
  epoch1Legacy: proofOfWork.thresholds.mainnet?.epoch1Legacy,
  betaSend: proofOfWork.thresholds.beta?.sendChange,
  betaReceive: proofOfWork.thresholds.beta?.receiveOpenEpoch,
  devSend: proofOfWork.thresholds.dev?.sendChange,
  devReceive: proofOfWork.thresholds.dev?.receiveOpenEpoch,
};

describe('published work vectors', () => {
  it.each(proofOfWork.vectors)('$name', ({ root, work, difficulty, valid }) => {
    const workRoot = parseWorkRoot(root);
    const nonce = parseWorkNonce(work);
    expect(workValue(workRoot, nonce)).toBe(BigInt(`0x${difficulty}`));
    expect(Object.keys(valid)).toHaveLength(Object.keys(judged).length);
    for (const [name, expected] of Object.entries(valid)) {
      const threshold = parseThreshold(judged[name] ?? '');
      expect([name, meets(workRoot, nonce, threshold)]).toEqual([name, expected]);
    }
  });
});

describe('the threshold', () => {
  it('is reached by equality and missed by one', () => {
    const root = parseWorkRoot('A'.repeat(64));
    const nonce = parseWorkNonce('8861e54f16b2e62a');
    expect(meets(root, nonce, parseThreshold('fffffffb2431739c'))).toBe(true);
    expect(meets(root, nonce, parseThreshold('fffffffb2431739d'))).toBe(false);
  });

  it('is compared as an unsigned number', () => {
    const root = parseWorkRoot('A'.repeat(63).concat('B'));
    const nonce = parseWorkNonce('8861e54f16b2e62a');
    expect(meets(root, nonce, parseThreshold('7ca38febebc9fcf8'))).toBe(true);
    expect(meets(root, nonce, parseThreshold('8000000000000000'))).toBe(false);
  });
});

describe('reading hex', () => {
  it('accepts either case and returns one', () => {
    expect(parseWorkNonce('8861E54F16B2E62A')).toBe('8861e54f16b2e62a');
    expect(parseWorkRoot('ab'.repeat(32))).toBe('AB'.repeat(32));
    expect(v.parse(ThresholdSchema, 'FFFFFFF800000000')).toBe('fffffff800000000');
  });

  it('reads a nonce of decimal digits as hex', () => {
    expect(toU64(parseWorkNonce('1234567890123456'))).toBe(0x1234567890123456n);
  });

  it('wraps numbers beyond 64 bits', () => {
    expect(nonceOf(2n ** 64n + 5n)).toBe('0000000000000005');
    expect(nonceOf(-1n)).toBe('ffffffffffffffff');
  });

  it.each([
    '',
    '0',
    '0x61e54f16b2e62a',
    '8861e54f16b2e62',
    '8861e54f16b2e62a0',
    '8861e54f16b2e62g',
    ' 861e54f16b2e62a',
  ])('refuses %j as nonce or threshold', (text) => {
    expect(() => parseWorkNonce(text)).toThrow(new Fault('fault_workNonceMalformed'));
    expect(() => parseThreshold(text)).toThrow(new Fault('fault_workThresholdMalformed'));
  });

  it.each(['', 'A'.repeat(63), 'A'.repeat(65), `${'A'.repeat(63)}\n`, 'Z'.repeat(64)])(
    'refuses %j as a root',
    (text) => {
      expect(() => parseWorkRoot(text)).toThrow(new Fault('fault_workRootMalformed'));
      expect(v.safeParse(WorkRootSchema, text).success).toBe(false);
    },
  );
});

it.each([
  ['fffffff800000000', 1n],
  ['fffffff800000001', 2n],
  ['ffffffff00000000', 8n],
  ['ffffffffe0000000', 64n],
  ['ffffffffe0000001', 65n],
])('a proof at the threshold %s takes as many hashes as this many sends, rounded up: %s', (asked, times) => {
  expect(timesHarder(parseThreshold(asked), parseThreshold('fffffff800000000'))).toBe(times);
});
