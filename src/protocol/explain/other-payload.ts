import { cleanText } from '../wire/clean-text.ts';
import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';
import { type Finding, finding } from './finding.ts';

const MOST_SHOWN = 64;

/** Says what the payload of a proof for another chain is: what EVM or Solana clients of x402 sign. */
export function otherPayload(payload: JsonObject): readonly Finding[] {
  const authorization = own(payload, 'authorization');
  if (isObject(authorization)) {
    const [from, to, value] = ['from', 'to', 'value'].map((key) => shown(authorization, key));
    return [finding('note', 'wire_evmAuthorization', from ?? '?', to ?? '?', value ?? '?')];
  }
  return ownText(payload, 'transaction') === undefined ? [] : [finding('note', 'wire_solanaTransaction')];
}

function shown(object: JsonObject, key: string): string {
  const value = own(object, key);
  return (
    cleanText(typeof value === 'number' ? String(value) : (ownText(object, key) ?? ''), MOST_SHOWN) || '?'
  );
}
