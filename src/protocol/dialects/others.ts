import { cleanText } from '../wire/clean-text.ts';
import { isArray, isObject, type JsonObject, own, ownText } from '../wire/json.ts';
import { named, type Recogniser } from './dialect.ts';

const MOST_NAME = 40;

/** x402 version 1 (docs/WIRE.md §1.2), in a body: for Nano or for something else. */
export const version1: Recogniser = ({ body }) => {
  if (own(body, 'x402Version') !== 1) return undefined;
  const accepts = own(body, 'accepts');
  const entries = isArray(accepts) ? accepts.filter((entry) => isObject(entry)) : [];
  if (entries.some((entry) => ownText(entry, 'network')?.startsWith('nano:'))) return named('V1_NANO');
  const [first] = entries;
  const coin = first === undefined ? '' : coinOf(first);
  return named('PAYS_OTHER_COIN', null, coin === '' ? 'x402 v1' : `${coin} (x402 v1)`);
};

/** The protocols of others, by their headers (docs/WIRE.md §1.5). */
export const otherProtocol: Recogniser = ({ all, has }) => {
  const challenges = all('www-authenticate');
  if (challenges.some((challenge) => /(?:^|,) *(?:L402|LSAT) /i.test(challenge))) {
    return named('PAYS_OTHER_COIN', null, 'Lightning (L402)');
  }
  const payments = challenges.filter((challenge) => /(?:^|,) *Payment /i.test(challenge));
  if (payments.length > 0) {
    const methods = payments.flatMap((challenge) => [...challenge.matchAll(/\bmethod="([^"]*)"/gi)]);
    const how = cleanText(methods.map(([, method]) => method).join(', '), MOST_NAME);
    return named('PAYS_OTHER_PROTOCOL', null, `Machine Payments Protocol${how && ` (${how})`}`);
  }
  return has('crawler-price') ? named('PAYS_OTHER_PROTOCOL', null, 'pay per crawl') : undefined;
};

/** What a server calls its coin: the name beside the entry, or else the network. */
function coinOf(entry: JsonObject): string {
  const extra = own(entry, 'extra');
  const name = isObject(extra) ? ownText(extra, 'name') : undefined;
  return cleanText(name ?? ownText(entry, 'network') ?? '', MOST_NAME);
}
