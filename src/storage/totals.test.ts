import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { NETWORK, SHOP } from '../payments/samples.fixture.ts';
import { sumKey } from '../policy/reservation.ts';
import type { Day } from '../policy/spending-windows.ts';
import type { Site } from '../site.ts';
import { openDatabase } from './database.ts';
import { readTotals } from './totals.ts';

/** Wednesday. */
const NOW = new Date('2026-12-02T12:00:00').getTime();
const MONDAY = '2026-11-30' as Day;
const OTHER = 'https://other.example' as Site;

test('totals are the sums of the days of the week, of the month, and at a site of all months', async () => {
  const database = await openDatabase(crypto.randomUUID());
  const spend = async (site: Site, day: string, spent: bigint, network = NETWORK) => {
    for (const window of [day, day.slice(0, 7), `${day}T10:00Z`, 'period 1']) {
      for (const one of [site, null]) {
        const [, name] = sumKey(network, one, window);
        const before = (await database.get('spending', [network, name, window]))?.spent ?? 0n;
        await database.put('spending', { network, site: name, window, spent: (before + spent) as Raw });
      }
    }
  };
  await spend(SHOP, '2026-11-29', 1_000n);
  await spend(SHOP, '2026-11-30', 200n);
  await spend(SHOP, '2026-12-01', 30n);
  await spend(SHOP, '2026-12-02', 4n);
  await spend(OTHER, '2026-12-02', 50_000n);
  await spend(SHOP, '2026-12-02', 600_000n, 'nano:other');
  expect(await readTotals(database, NETWORK, SHOP, MONDAY, NOW)).toEqual({
    week: 234n,
    month: 34n,
    ever: 1_234n,
  });
  expect(await readTotals(database, NETWORK, null, MONDAY, NOW)).toEqual({
    week: 50_234n,
    month: 50_034n,
    ever: null,
  });
  const none = { week: 0n, month: 0n, ever: 0n };
  expect(await readTotals(database, NETWORK, 'https://new.example' as Site, MONDAY, NOW)).toEqual(none);
});
