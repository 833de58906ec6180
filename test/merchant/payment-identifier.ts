import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Presented } from './envelope.ts';
import { type Answer, HANG_UP } from './http.ts';

const NAME = 'payment-identifier';

const Info = v.looseObject({
  required: v.boolean(),
  id: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{16,128}$/))),
});
const Extensions = v.looseObject({ [NAME]: v.exactOptional(v.looseObject({ info: Info })) });

/** The `extensions` of an offer that takes a payment identifier (x402 `payment-identifier`, docs/WIRE.md §1.3). */
export function identifierExtension(required: boolean): Readonly<Record<string, unknown>> {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { required: { type: 'boolean' }, id: { type: 'string', minLength: 16, maxLength: 128 } },
    required: ['required'],
  };
  return { [NAME]: { info: { required }, schema } };
}

/** What a payload says about its identifier; `changed` when it does not say back what the offer said. */
export type Identifier =
  | { readonly kind: 'given'; readonly id: string }
  | { readonly kind: 'absent' | 'malformed' | 'changed' };

export function identifierOf({ extensions }: Presented, required: boolean): Identifier {
  const read = v.safeParse(Extensions, extensions);
  if (!read.success) return { kind: 'malformed' };
  const info = read.output[NAME]?.info;
  if (info === undefined) return { kind: 'absent' };
  if (info.required !== required) return { kind: 'changed' };
  return info.id === undefined ? { kind: 'absent' } : { kind: 'given', id: info.id };
}

interface Entry {
  readonly url: string;
  readonly presented: Presented;
  readonly answer: Promise<Answer>;
}

/** What was answered to each identifier. Only content is remembered: a refusal leaves the identifier free again. */
export class AnsweredPayments {
  readonly #byId = new Map<string, Entry>();

  /**
   * Answers a payload once: the same one again gets the same answer, even while the first is still being judged. Another
   * payload, or another URL, under the same identifier is a conflict.
   */
  async once(
    id: string,
    url: string,
    presented: Presented,
    judge: () => Promise<Answer>,
  ): Promise<Answer | 'conflict'> {
    const earlier = this.#byId.get(id);
    if (earlier !== undefined) {
      const same = earlier.url === url && isDeepStrictEqual(earlier.presented, presented);
      return same ? earlier.answer : 'conflict';
    }
    const entry = { url, presented, answer: judge() };
    this.#byId.set(id, entry);
    try {
      const answer = await entry.answer;
      if (answer === HANG_UP || answer.status !== 200) this.#byId.delete(id);
      return answer;
    } catch (error) {
      this.#byId.delete(id);
      throw error;
    }
  }

  /** What was answered to an identifier, whatever came with it: only a faulty merchant asks. */
  to(id: string): Promise<Answer> | undefined {
    return this.#byId.get(id)?.answer;
  }

  clear(): void {
    this.#byId.clear();
  }
}
