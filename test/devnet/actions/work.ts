import { NodeError } from '../errors.ts';
import * as read from '../request.ts';
import { difficultyOf, harder, hex64, multiplierOf } from '../work.ts';
import { type Action, action } from './action.ts';

const MAX_MULTIPLIER = 64n;

const workGenerate = action(
  read.fields({ hash: read.hash, difficulty: read.difficulty }),
  async ({ hash, difficulty: asked }, { ledger: { thresholds }, workDesk }) => {
    const difficulty = asked ?? thresholds.send;
    if (difficulty < thresholds.receive || difficulty > harder(thresholds.send, MAX_MULTIPLIER)) {
      throw new NodeError('Difficulty above config limit or below publish threshold');
    }
    const work = await workDesk.generate(hash, difficulty);
    const found = difficultyOf(work, hash);
    return {
      hash,
      work: hex64(work),
      difficulty: hex64(found),
      multiplier: multiplierOf(found, thresholds.send),
    };
  },
);

const workValidate = action(
  read.fields({ hash: read.hash, work: read.work, difficulty: read.difficulty }),
  ({ hash, work, difficulty: asked }, { ledger: { thresholds } }) => {
    const found = difficultyOf(work, hash);
    const reaches = (threshold: bigint) => (found >= threshold ? '1' : '0');
    return {
      ...(asked !== undefined && { valid: reaches(asked) }),
      valid_all: reaches(thresholds.send),
      valid_receive: reaches(thresholds.receive),
      difficulty: hex64(found),
      multiplier: multiplierOf(found, thresholds.send),
    };
  },
);

const workCancel = action(read.fields({ hash: read.hash }), ({ hash }, { workDesk }) => {
  workDesk.cancel(hash);
  return { success: '' };
});

const activeDifficulty = action(read.fields({}), (_, { ledger: { thresholds } }) => ({
  deprecated: '1',
  network_minimum: hex64(thresholds.send),
  network_receive_minimum: hex64(thresholds.receive),
  network_current: hex64(thresholds.send),
  network_receive_current: hex64(thresholds.receive),
  multiplier: '1',
}));

/** What a node does and says about proof of work. */
export const workActions: Readonly<Record<string, Action>> = {
  work_generate: workGenerate,
  work_validate: workValidate,
  work_cancel: workCancel,
  active_difficulty: activeDifficulty,
};
