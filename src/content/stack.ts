import { method } from './natives.ts';
import { SCRIPT_NAME } from './script-name.ts';

const NativeTypeError = TypeError;
const { get, set } = Reflect;
const indexOf = method(String, 'indexOf') as (self: string, part: string, from?: number) => number;
const slice = method(String, 'slice');

/** The error of a request that went wrong, without the lines of its stack that tell of this script. */
export function withoutUs(error: unknown): unknown {
  if (!(error instanceof NativeTypeError)) return error;
  const stack: unknown = get(error, 'stack');
  if (typeof stack !== 'string') return error;
  let kept = '';
  for (let start = 0; start < stack.length; ) {
    const next = indexOf(stack, '\n', start) + 1 || stack.length;
    const line = slice(stack, start, next);
    if (indexOf(line, `(${SCRIPT_NAME}:`) < 0 && indexOf(line, `at ${SCRIPT_NAME}:`) < 0) kept += line;
    start = next;
  }
  set(error, 'stack', kept);
  return error;
}
