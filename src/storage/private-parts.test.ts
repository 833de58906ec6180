import { expect, test } from 'vitest';
import type { PaymentId } from '../payment-id.ts';
import { type PrivatePart, privatePartOf } from '../payments/private-record.ts';
import { challengeOf, intentOf, sessionOffer } from '../payments/samples.fixture.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import { memorySession } from './private-parts.fixture.ts';
import { PrivateParts } from './private-parts.ts';

let made = 0;
function part(parts: Partial<PrivatePart> = {}): [PaymentId, PrivatePart] {
  const challenge = challengeOf({ isPrivate: true, seenAt: ++made });
  const intent = intentOf({ account: STRANGER, challenge, offer: sessionOffer(10n ** 30n) });
  return [intent.id, { ...privatePartOf(intent), ...parts }];
}

test('a restarted worker finds every part with exact amounts, oldest first', async () => {
  const session = memorySession();
  const first = await PrivateParts.open(session);
  const all = [part({ proof: 'proof' }), part({ said: 'no', args: ['one'] }), part({ isOver: true })];
  for (const [id, one] of all.toReversed()) await first.keep(id, one);
  const second = await PrivateParts.open(session);
  expect(second.find(() => true)).toEqual(all.map(([id]) => id));
  for (const [id, one] of all) expect(second.get(id)).toEqual(one);
});

test('a malformed part is ignored', async () => {
  const session = memorySession();
  session.texts.set('one', '{"site":"https://shop.example"}');
  session.texts.set('two', 'no JSON');
  session.texts.set('three', 7);
  expect((await PrivateParts.open(session)).find(() => true)).toEqual([]);
});

test('the newest 100 parts of finished payments are kept, and all parts of others', async () => {
  const session = memorySession();
  const parts = await PrivateParts.open(session);
  const open = Array.from({ length: 150 }, () => part());
  const over = Array.from({ length: 150 }, () => part({ isOver: true }));
  for (const [id, one] of [...open, ...over]) await parts.keep(id, one);
  const kept = parts.find(() => true);
  expect(kept).toEqual([...open, ...over.slice(50)].map(([id]) => id));
  expect([...session.texts.keys()].toSorted()).toEqual([...kept].toSorted());
});

test('a part that could not be stored is not in memory either', async () => {
  const session = memorySession();
  const parts = await PrivateParts.open({
    ...session,
    write: async () => {
      throw new Error('QUOTA_BYTES');
    },
  });
  const [id, one] = part();
  await expect(parts.keep(id, one)).rejects.toThrow('QUOTA_BYTES');
  expect(parts.get(id)).toBeUndefined();
});
