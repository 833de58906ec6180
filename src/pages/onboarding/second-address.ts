import type { SeedSource } from '../../nano/seed.ts';

/** The first account as nanocurrency-web derives it; undefined when it derives none. Loaded only when it is needed. */
export async function addressByNanocurrencyWeb(source: SeedSource): Promise<string | undefined> {
  const { wallet } = await import('nanocurrency-web');
  const opened = async () => {
    if (source.kind === 'words') {
      if (source.reading === 'legacy') return wallet.fromLegacyMnemonic(source.words);
      // nanocurrency-web expects a checksum of eight bits, which 24 words alone have.
      return source.words.split(' ').length === 24
        ? wallet.fromMnemonic(source.words)
        : wallet.fromSeed(await bip39SeedByWebCrypto(source.words));
    }
    return source.hex.length === 64 ? wallet.fromLegacySeed(source.hex) : wallet.fromSeed(source.hex);
  };
  return (await opened()).accounts[0]?.address;
}

/** The BIP39 seed of words in their canonical spelling, in hex digits. */
async function bip39SeedByWebCrypto(words: string): Promise<string> {
  const bytes = new TextEncoder().encode(words);
  const key = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits']);
  const salt = new TextEncoder().encode('mnemonic');
  const bits = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-512', salt, iterations: 2048 },
    key,
    512,
  );
  return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
