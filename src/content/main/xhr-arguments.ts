import { add, isObject, type List, list, method } from './natives.ts';
import type { Args } from './xhr-state.ts';

const charCodeAt = method(String, 'charCodeAt');

/**
 * Converts objects among the arguments to text once, as the browser does; the same texts serve when the request is sent
 * again. After an argument that the browser refuses, it converts no further one.
 */
export function textsOf(args: Args): Args {
  if (args.length < 2 || !hasObject(args)) return args;
  const texts: List<unknown> = list();
  let isRefused = false;
  for (let i = 0; i < args.length; i += 1) {
    const value = args[i];
    // The third argument of `open` says whether the request is asynchronous.
    const text: unknown = isObject(value) && i !== 2 && !isRefused ? `${value}` : value;
    add(texts, text);
    isRefused ||= typeof text === 'symbol' ? i !== 2 : i === 0 && isWide(`${text}`);
  }
  return texts as unknown as Args;
}

function hasObject(args: Args): boolean {
  for (let i = 0; i < args.length; i += 1) if (isObject(args[i])) return true;
  return false;
}

/** The argument at an index, or undefined: reading an index that an array lacks could run code of the page. */
export function at(args: Args, index: number): unknown {
  return index < args.length ? args[index] : undefined;
}

/** Whether a text has characters above 255, which the browser refuses as a method or header name. */
function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (charCodeAt(text, i) > 255) return true;
  return false;
}
