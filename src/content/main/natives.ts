/**
 * The page's own functions as they were before any script of the page could run, callable whatever the page does to
 * prototypes afterwards. What inherits from the page's prototypes would call what the page put there: the MAIN world's
 * code neither iterates nor assigns to an index, reads no index that an array may lack, awaits no promise, matches no
 * regular expression, uses no `instanceof`, and gives handlers and descriptors no prototype.
 */
const {
  apply,
  construct,
  defineProperty,
  deleteProperty,
  get,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  setPrototypeOf,
} = Reflect;
const { create } = Object;
const NativeError = Error;
const { captureStackTrace } = Error;
const NativeProxy = Proxy;

export { apply, construct, defineProperty, deleteProperty, getPrototypeOf, setPrototypeOf };

/** Whether a call throws. A getter that throws tells the class of a native object without running code of the page. */
export function fails(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch {
    return true;
  }
}

/** Makes an object without a prototype: setting its properties runs no setter of the page. */
export const bare: <Contents extends object>() => Contents = () => create(null);

/** Whether a value is an object or a function, without reading a property of it. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A descriptor with a value alone. The other attributes stay as they are, or are false for a new property. */
export function valued(value: unknown): PropertyDescriptor {
  const descriptor: PropertyDescriptor = bare();
  descriptor.value = value;
  return descriptor;
}

/** The descriptor of an object's own property. The object must not be a proxy of the page. */
export function ownProperty(owner: object, name: PropertyKey): PropertyDescriptor | undefined {
  const descriptor = getOwnPropertyDescriptor(owner, name);
  if (descriptor !== undefined) setPrototypeOf(descriptor, null);
  return descriptor;
}

/** A list without a prototype, in the place of an array. */
export type List<Item> = Record<number, Item> & { length: number };

/** Makes an empty list. */
export function list<Item>(): List<Item> {
  const empty: List<Item> = bare();
  empty.length = 0;
  return empty;
}

/** Appends an item to a list. */
export function add<Item>(items: List<Item>, item: Item): void {
  items[items.length] = item;
  items.length += 1;
}

/** A proxy with one trap. Its handler has no prototype: otherwise a page could add traps by `Object.prototype`. */
export function proxy<Target extends object>(target: Target, trap: keyof ProxyHandler<Target>, act: unknown) {
  const handler: Record<string, unknown> = bare();
  handler[trap] = act;
  return new NativeProxy(target, handler);
}

/** A method of a prototype as a plain function of its object. */
export function method<This, Name extends keyof This>(
  owner: { readonly prototype: This },
  name: Name,
): This[Name] extends (...args: infer Args) => infer Result ? (self: This, ...args: Args) => Result : never;
export function method(owner: { readonly prototype: object }, name: PropertyKey) {
  const native = get(owner.prototype, name);
  return (self: object, ...args: readonly unknown[]) => apply(native, self, args);
}

/** A getter of a prototype as a plain function of its object. */
export function getter<This, Name extends keyof This>(
  owner: { readonly prototype: This },
  name: Name,
): (self: This) => This[Name];
export function getter(owner: { readonly prototype: object }, name: PropertyKey) {
  const read = getOwnPropertyDescriptor(owner.prototype, name)?.get;
  return (self: object) => read && apply(read, self, []);
}

const indexOf = method(String, 'indexOf') as (self: string, part: string, from?: number) => number;
const lastIndexOf = method(String, 'lastIndexOf');
const slice = method(String, 'slice');

type Native = (...args: never) => unknown;
type Args = readonly unknown[];

/** The native functions behind the proxies that replace them. */
const natives = new WeakMap<object, Native>();
const nativeOf = method(WeakMap<object, Native>, 'get');
const know = method(WeakMap<object, Native>, 'set');

/**
 * What is done in place of a native function. `native` calls that function and treats what is thrown as its own error;
 * so arguments whose conversion could run code of the page are converted before. `asNative` gives an error the stack
 * trace that it would have if the page had called the native function.
 */
type Act<Self, Result> = (
  native: (self: Self, args: Args) => Result,
  self: Self,
  args: Args,
  asNative: <Thrown extends object>(error: Thrown) => Thrown,
) => Result;

/** Whether a native function is the value of its property, or the getter. */
type Slot = 'value' | 'get';

/** Replaces a native function with a proxy that has the same own properties, text and stack traces. */
export function patchNative<Self, Result = unknown>(
  owner: object,
  name: string,
  act: Act<Self, Result>,
  slot: Slot = 'value',
): void {
  const native = ownProperty(owner, name)?.[slot];
  const asNative = <Thrown extends object>(error: Thrown) => {
    captureStackTrace(error, trap);
    return error;
  };
  const call = (self: Self, args: Args): Result => {
    try {
      return apply(native, self, args);
    } catch (error) {
      throw asNative(error as object);
    }
  };
  const trap = (_: Native, self: Self, args: Args) => act(call, self, args, asNative);
  put(owner, name, slot, native, disguised(native, 'apply', trap));
}

/** The same for a native class; `made` is called with each new object. */
export function patchNativeClass<Made extends object>(
  owner: object,
  name: string,
  made: (one: Made) => void,
): void {
  const native = get(owner, name);
  const trap = (_: Native, args: Args, newTarget: unknown): Made => {
    const one: Made = construct(native, args, newTarget === value ? native : newTarget);
    made(one);
    return one;
  };
  const value: Native = disguised(native, 'construct', trap);
  put(owner, name, 'value', native, value);
  put(native.prototype, 'constructor', 'value', native, value);
}

/**
 * Makes a proxy of a native function. The language refuses a cycle of prototypes, but does not look for one behind a proxy:
 * the trap does that.
 */
function disguised(native: Native, trap: 'apply' | 'construct', act: unknown): Native {
  const handler: Record<string, unknown> = bare();
  handler[trap] = act;
  handler.setPrototypeOf = (target: object, to: object | null) => {
    for (let one = to; one !== null; one = getPrototypeOf(one)) if (one === value) return false;
    return setPrototypeOf(target, to);
  };
  // The getters of these two properties work on the browser's class, and throw for a proxy of it.
  if (trap === 'construct') {
    handler.get = (target: object, key: PropertyKey, self: unknown) =>
      get(target, key, key === 'arguments' || key === 'caller' ? target : self);
  }
  const value: Native = new NativeProxy(native, handler);
  return value;
}

function put(owner: object, name: string, slot: Slot, native: Native, value: Native): void {
  know(natives, value, native);
  const descriptor: PropertyDescriptor = bare();
  descriptor[slot] = value;
  defineProperty(owner, name, descriptor);
}

/** Makes `toString()` of each proxy, its own included, return the text of the native function behind it. */
export function keepSource(): void {
  const toText = Function.prototype.toString;
  patchNative<unknown>(Function.prototype, 'toString', (_, self, args, asNative) => {
    try {
      return apply(toText, nativeOf(natives, self as object) ?? self, args);
    } catch (error) {
      const behind = isObject(self) && nativeOf(natives, getPrototypeOf(self) as object);
      if (!behind) throw withOwnLine(error as Error, asNative);
      // A stack trace names the class of the receiver, which the browser does not find behind a proxy.
      try {
        return apply(toText, create(behind), args);
      } catch (named) {
        throw withOwnLine(named as Error, asNative);
      }
    }
  });
}

/**
 * Gives an error of the native `toString` the stack trace that it would have without the purse, with the line of that
 * function. Where the page formats traces itself (`Error.prepareStackTrace`) the line is missing: reading the trace
 * would call the page's function for an error whose trace the page has not read.
 */
function withOwnLine(error: Error, asNative: (error: Error) => Error): Error {
  if (ownProperty(NativeError, 'prepareStackTrace') !== undefined) return asNative(error);
  const trace = error.stack ?? '';
  const start = indexOf(trace, '\n');
  const end = indexOf(trace, '\n', start + 1);
  const outer = asNative(error).stack ?? '';
  const head = indexOf(outer, '\n');
  if (start < 0 || end < 0 || head < 0) return error;
  let count = 0;
  for (let at = head; at >= 0; at = indexOf(outer, '\n', at + 1)) count += 1;
  const isFull = count === ownProperty(NativeError, 'stackTraceLimit')?.value;
  const rest = slice(outer, head, isFull ? lastIndexOf(outer, '\n') : outer.length);
  error.stack = slice(outer, 0, head) + slice(trace, start, end) + rest;
  return error;
}
