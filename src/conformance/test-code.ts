import type { Sentence } from '../fault.ts';
import { ZERO } from '../nano/amount.ts';
import type { Exchange } from './exchange.ts';
import type { HttpRequest } from './ports.ts';
import type { Finding } from './probe.ts';

/**
 * Writes a finding as a test for Node's own runner (`node --test`), which the server's developer can add to their own tests. It
 * sends the same requests again. What passed must get the same statuses; what failed must end with another status.
 *
 * @param say renders a sentence
 * @returns null where the test would be none: nothing was judged, nothing was sent, or a payment was made, whose proof serves
 * once
 */
export function testCodeOf(
  { probe, mechanism, verdict, exchanges, spent }: Finding,
  say: (sentence: Sentence) => string,
): string | null {
  if ((verdict.kind !== 'pass' && verdict.kind !== 'fail') || spent !== ZERO) return null;
  // A browser tells of a redirect only that there was one.
  const answered = exchanges.flatMap((one) => (one.received?.status ? [{ ...one, ...one.received }] : []));
  if (answered.length === 0 || answered.length < exchanges.length) return null;
  const { id, title, rule, source } = probe;
  const name = `${id}: ${say({ key: title, args: [] })}${mechanism === null ? '' : ` (${mechanism})`}`;
  const steps = answered.map((exchange, at) => {
    const mayStay = verdict.kind === 'pass' || at < answered.length - 1;
    return `  assert.${mayStay ? 'equal' : 'notEqual'}(await statusOf(${requestOf(exchange)}), ${exchange.status});`;
  });
  return [
    `// ${oneLine(say({ key: rule, args: [] }))}`,
    `// ${oneLine(source)}`,
    "import assert from 'node:assert/strict';",
    "import test from 'node:test';",
    '',
    'const statusOf = async ({ url, ...request }) =>',
    "  (await fetch(url, { redirect: 'manual', ...request })).status;",
    '',
    `test(${JSON.stringify(name)}, async () => {`,
    ...steps,
    '});',
    '',
  ].join('\n');
}

/** A request as an object of JavaScript. */
function requestOf({ sent: { method, url, headers, body } }: Pick<Exchange, 'sent'>): string {
  const request: Partial<HttpRequest> = { method, url, headers, ...(body !== null && { body }) };
  return JSON.stringify(request);
}

/** A text that cannot end the comment it stands in. */
const oneLine = (text: string): string => text.replace(/[\n\r\u2028\u2029]+/g, ' ');
