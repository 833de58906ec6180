import type { SeedSource } from '../../nano/seed.ts';

/** The first account as nanocurrency-web derives it; undefined when it derives none. Loaded only when it is needed. */
export async function addressByNanocurrencyWeb(source: SeedSource): Promise<string | undefined> {
  const { wallet } = await import('nanocurrency-web');
  const opened = () => {
    if (source.kind === 'words') {
      return source.reading === 'legacy'
        ? wallet.fromLegacyMnemonic(source.words)
        : wallet.fromMnemonic(source.words);
    }
    return source.hex.length === 64 ? wallet.fromLegacySeed(source.hex) : wallet.fromSeed(source.hex);
  };
  return opened().accounts[0]?.address;
}
