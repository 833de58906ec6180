/** Runs one kernel and nothing else, for as many hashes as asked: what a core of the processor can do with it. */
import { computeWork } from 'nanocurrency';
import simdUrl from '../../../../.build/kernel/simd.wasm?url';
import { randomRoot } from './random-root.ts';

export interface RateOrder {
  readonly kernel: 'own' | 'nano-pow' | 'nanocurrency';
  readonly hashes: number;
  /** nano-pow's module, taken from its package, in base64. */
  readonly nanoPow: string;
}
export interface RateAnswer {
  readonly hashes: number;
}

/** One call walks a counter to 2^24 in steps of 3 and tries 2 nonces at each. */
const NANO_POW_CALL = 11_184_812;
const CHUNK = 2 ** 17;
/** What one hash in 2^22 reaches. */
const EVERY_2_22 = 'fffffc0000000000';
const UNREACHABLE = 2n ** 64n - 1n;

type Main = (...words: readonly bigint[]) => unknown;
type Search = (start: bigint, count: number, limit: bigint, ...root: readonly bigint[]) => unknown;

let own: Search | undefined;
let nanoPow: Main | undefined;

async function load({ kernel, nanoPow: base64 }: RateOrder): Promise<() => number | Promise<number>> {
  if (kernel === 'nanocurrency') return countedByNonce;
  const root = [...crypto.getRandomValues(new BigUint64Array(4))];
  const start = () => crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  if (kernel === 'own') {
    own ??= (await WebAssembly.instantiateStreaming(fetch(simdUrl))).instance.exports.search as Search;
    const search = own;
    return () => {
      search(start(), CHUNK, UNREACHABLE, ...root);
      return CHUNK;
    };
  }
  if (nanoPow === undefined) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    nanoPow = (await WebAssembly.instantiate(bytes)).instance.exports.main as Main;
  }
  const main = nanoPow;
  return () => {
    try {
      main(start(), ...root, UNREACHABLE);
    } catch (nothingFound) {
      if (!(nothingFound instanceof WebAssembly.RuntimeError)) throw nothingFound;
    }
    return NANO_POW_CALL;
  };
}

/** nanocurrency tries one nonce after the other from 0 on, so that the nonce tells how many it has tried. */
async function countedByNonce(): Promise<number> {
  const nonce = await computeWork(randomRoot(), { workThreshold: EVERY_2_22 });
  if (nonce === null) throw new Error('nanocurrency found no work');
  return Number(BigInt(`0x${nonce}`)) + 1;
}

self.addEventListener('message', async ({ data }: MessageEvent<RateOrder>) => {
  const call = await load(data);
  let hashes = 0;
  while (hashes < data.hashes) hashes += await call();
  self.postMessage({ hashes } satisfies RateAnswer);
});
