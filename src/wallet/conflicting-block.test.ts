import { describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { hashBlock, type SignedBlock, signBlock, toRpc } from '../nano/block.ts';
import { freshKeys, nodeAt } from '../nano/nodes.fixture.ts';
import { chainEnvironment, order } from './account-chain.fixture.ts';
import type { OwnBlock } from './own-block.ts';

const env = chainEnvironment();

describe('a conflicting block that one node shows', () => {
  interface Shown {
    readonly hash: string;
    readonly contents: object;
    readonly confirmed?: string;
  }
  const told = (block: SignedBlock): Shown => ({ hash: hashBlock(block), contents: toRpc(block) });
  /** Another block in the place of an own one. */
  const beside = ({ block }: OwnBlock): SignedBlock => ({ ...block, balance: (block.balance - 1n) as Raw });
  const others = freshKeys();

  test.each<[string, 'replaced' | 'pending', (own: OwnBlock) => Shown]>([
    [
      'with the account’s signature',
      'replaced',
      (own) => told(signBlock(beside(own), env.account.keys.privateKey)),
    ],
    [
      'that the network has not confirmed',
      'pending',
      (own) => ({ ...told(signBlock(beside(own), env.account.keys.privateKey)), confirmed: 'false' }),
    ],
    ['without a signature', 'pending', (own) => told({ ...beside(own), signature: '0'.repeat(128) })],
    ['with the signature of the own block', 'pending', (own) => told(beside(own))],
    [
      'of the account with another key’s signature',
      'pending',
      (own) => told(signBlock(beside(own), others.privateKey)),
    ],
    [
      'of another account with its own signature',
      'pending',
      (own) => told(signBlock({ ...beside(own), account: others.address }, others.privateKey)),
    ],
    [
      'of another account with our signature',
      'pending',
      (own) => told(signBlock({ ...beside(own), account: others.address }, env.account.keys.privateKey)),
    ],
    [
      'with our signature in another place',
      'pending',
      (own) => told(signBlock({ ...beside(own), previous: own.hash }, env.account.keys.privateKey)),
    ],
    [
      'with our signature under another hash',
      'pending',
      (own) => ({ ...told(signBlock(beside(own), env.account.keys.privateKey)), hash: 'AB'.repeat(32) }),
    ],
    [
      'of a legacy kind',
      'pending',
      () => ({ hash: 'AB'.repeat(32), contents: { type: 'send', previous: 'CD'.repeat(32) } }),
    ],
    ['that is the own block', 'pending', (own) => told(own.block)],
  ])('%s: the own block is %s', async (_, publication, tell) => {
    await env.chain.look();
    const own = await env.chain.send(order(1n), env.persist);
    const { hash, contents, confirmed = 'true' } = tell(own);
    const liar = await env.proxy(
      { kind: 'answer', way: 'there', action: 'process', body: '{"error":"Fork"}' },
      {
        kind: 'twist',
        action: 'block_info',
        twist: (answer, asked) => {
          if (asked.hash === own.block.previous) return { ...answer, successor: hash };
          return asked.hash === hash && hash !== own.hash ? { contents, confirmed } : answer;
        },
      },
    );
    const misled = env.account.wallet({ node: nodeAt(liar.rpcUrl) }).chain;
    expect(await misled.publish(own)).toBe(publication);
    expect(await misled.replacementOf(own)).toBe(publication === 'replaced' ? hash : null);
    expect(liar.requests.filter((asked) => asked.hash === own.block.previous).length).toBeGreaterThan(0);
  });
});
