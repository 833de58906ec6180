import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, type DevnetOptions, startDevnet } from '../devnet/devnet.ts';
import { launchPurse, type PurseOptions, type TestPurse } from '../e2e/purse.ts';
import { type Merchant, startMerchant } from '../merchant/merchant.ts';

/** The parts of the demo: a ledger, a merchant on it, and a browser with the purse. */
export interface TestBed {
  readonly devnet: Devnet;
  readonly merchant: Merchant;
  readonly purse: TestPurse;
  close(): Promise<void>;
}

/** One XNO, in raw. */
export const XNO = 10n ** 30n;

/** Starts devnet, merchant and browser; the purse is on the devnet from its first moment. */
export async function openTestBed(
  options: Omit<PurseOptions, 'network'>,
  ofDevnet: DevnetOptions = {},
): Promise<TestBed> {
  const devnet = await startDevnet(ofDevnet);
  const dataDir = mkdtempSync(join(tmpdir(), 'nano-purse-demo-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const merchant = await startMerchant({ network: devnet.profile, dataDir });
  const closeServers = async () => {
    await merchant.close();
    await devnet.close();
  };
  try {
    const purse = await launchPurse({ ...options, network: devnet.profile });
    return {
      devnet,
      merchant,
      purse,
      async close() {
        await purse.close();
        await closeServers();
      },
    };
  } catch (cause) {
    await closeServers();
    throw cause;
  }
}
