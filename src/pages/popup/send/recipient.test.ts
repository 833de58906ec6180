import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOf, BURN_ADDRESS, type PublicKey } from '../../../nano/account.ts';
import { MAX_SUPPLY } from '../../../nano/amount.ts';
import { readRecipient } from './recipient.ts';

const PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';

describe('the recipient', () => {
  test.each([
    ['an address', PAYEE],
    ['an address with spaces around it', `\n ${PAYEE} `],
    ['an address with the old prefix', PAYEE.replace('nano_', 'xrb_')],
    ['an address in upper case', PAYEE.toUpperCase()],
  ])('is read from %s', (_, text) => {
    expect(readRecipient(text)).toEqual({ kind: 'account', account: PAYEE });
  });

  test.each([
    ['a payment URI', `nano:${PAYEE}`, null],
    ['a payment URI with raw', `nano:${PAYEE}?amount=10000000000000000000000000000&label=Shop`, 10n ** 28n],
    ['a payment URI in upper case', `NANO:${PAYEE.toUpperCase()}?AMOUNT=7`, 7n],
    ['a payto URI', ` payto://nano/${PAYEE}?amount=RAW:7`, 7n],
  ])('is read from %s', (_, text, amount) => {
    expect(readRecipient(text)).toEqual({ kind: 'uri', account: PAYEE, amount });
  });

  test.each([
    ['nothing', '', 'fault_badAddress'],
    ['a name', 'Shop', 'fault_badAddress'],
    ['an address in both cases', PAYEE.replace('noms', 'NOMS'), 'fault_badAddress'],
    ['an address with a wrong digit', PAYEE.replace(/n$/, '1'), 'fault_badAddress'],
    ['the burn address', BURN_ADDRESS, 'fault_burnAddress'],
    ['a URI with the burn address', `nano:${BURN_ADDRESS}`, 'fault_burnAddress'],
    ['a URI with an amount of XNO', `nano:${PAYEE}?amount=0.01`, 'link_amountDecimal'],
    ['a URI with a wrong checksum', `nano:${PAYEE.replace(/n$/, '1')}`, 'link_badChecksum'],
    ['a URI of another payment system', 'payto://iban/DE75512108001245126199', 'link_otherScheme'],
  ])('is not read from %s, and a sentence says why', (_, text, key) => {
    expect(readRecipient(text)).toEqual({ kind: 'none', fault: { key, args: [] } });
  });

  test('is read from every address and URI, in either case', () => {
    const keys = fc.stringMatching(/^[0-9A-F]{64}$/).filter((key) => !/^0+$/.test(key));
    fc.assert(
      fc.property(keys, fc.bigInt({ min: 1n, max: MAX_SUPPLY }), fc.boolean(), (key, amount, upper) => {
        const account = addressOf(key as PublicKey);
        const written = (text: string) => (upper ? text.toUpperCase() : text);
        expect(readRecipient(written(account))).toEqual({ kind: 'account', account });
        expect(readRecipient(written(`nano:${account}?amount=${amount}`))).toEqual({
          kind: 'uri',
          account,
          amount,
        });
      }),
    );
  });
});
