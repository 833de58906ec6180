import { type Devnet, startDevnet } from './devnet.ts';
import type { Ledger } from './ledger.ts';

/** A second devnet with everything that the first has by now, confirmed; from then on neither hears of the other. */
export async function twinOf(devnet: Devnet): Promise<Devnet> {
  const twin = await startDevnet({ confirmationDelayMs: devnet.elections.delayMs });
  copy(devnet.ledger, twin.ledger);
  return twin;
}

/** Takes every block of one ledger into another, causes before effects. */
function copy(from: Ledger, to: Ledger): void {
  const missing = new Set(from.accounts().flatMap((account) => from.chain(account)));
  for (let before = 0; before !== missing.size; ) {
    before = missing.size;
    for (const entry of missing) {
      if (to.entry(entry.hash) === undefined && !to.process(entry.block, { trusted: true }).accepted)
        continue;
      to.cement(entry.hash);
      missing.delete(entry);
    }
  }
}
