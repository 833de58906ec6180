import { equal } from 'node:assert/strict';
import * as v from 'valibot';
import { DEVNET, MAINNET } from '../../src/nano/network.ts';
import {
  meets,
  parseThreshold,
  parseWorkNonce,
  parseWorkRoot,
  ThresholdSchema,
  workValue,
} from '../../src/work/difficulty.ts';
import type { CheckerTable } from './checker.ts';

const text = v.string();
const Classes = v.object({
  sendChange: ThresholdSchema,
  receiveOpenEpoch: ThresholdSchema,
  epoch1Legacy: ThresholdSchema,
});

const ProofOfWork = v.object({
  thresholds: v.objectWithRest({ mainnet: Classes, dev: Classes }, Classes),
  vectors: v.array(
    v.object({
      name: text,
      root: text,
      work: text,
      difficulty: text,
      valid: v.record(text, v.boolean()),
    }),
  ),
});
type Thresholds = v.InferOutput<typeof ProofOfWork>['thresholds'];

/** The sections of `work.json`. */
export const workCheckers: CheckerTable = {
  proofOfWork: (section) => {
    const { thresholds, vectors } = v.parse(ProofOfWork, section);
    return [
      ...[
        { network: MAINNET, told: thresholds.mainnet },
        { network: DEVNET, told: thresholds.dev },
      ].map(({ network, told }) => ({
        name: `thresholds of ${network.id}`,
        run: () => {
          equal(network.thresholds.send, told.sendChange);
          equal(network.thresholds.receive, told.receiveOpenEpoch);
        },
      })),
      ...vectors.map(({ name, root, work, difficulty, valid }) => ({
        name,
        run: () => {
          const at = [parseWorkRoot(root), parseWorkNonce(work)] as const;
          equal(workValue(...at), BigInt(`0x${difficulty}`));
          for (const [asked, answer] of Object.entries(valid)) {
            equal(meets(...at, thresholdNamed(asked, thresholds)), answer, asked);
          }
        },
      })),
    ];
  },
};

/** `mainnetSend`, `devReceive`, and `epoch1Legacy`, which is the live network's. */
function thresholdNamed(name: string, thresholds: Thresholds) {
  if (name === 'epoch1Legacy') return thresholds.mainnet.epoch1Legacy;
  const [, network = '', kind] = /^(\w+?)(Send|Receive)$/.exec(name) ?? [];
  const classes = thresholds[network];
  if (classes === undefined) throw new RangeError(`no threshold is called ${name}`);
  return parseThreshold(kind === 'Send' ? classes.sendChange : classes.receiveOpenEpoch);
}
