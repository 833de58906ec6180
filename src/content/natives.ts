/**
 * The page's own functions as they were before any script of the page could run, callable whatever the page does to
 * prototypes afterwards. For the same reason the MAIN world's code neither spreads nor iterates.
 */
const { apply, construct, defineProperty, get, getOwnPropertyDescriptor } = Reflect;
const { captureStackTrace } = Error;

export { apply, construct };

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

type Native = (...args: never) => unknown;
type Args = readonly unknown[];

/** The native functions behind the stand-ins. */
const natives = new WeakMap<object, Native>();
const nativeOf = method(WeakMap<object, Native>, 'get');
const know = method(WeakMap<object, Native>, 'set');

/** What is done in place of a native function; `native` calls that one. */
type Act<Self, Result> = (native: (self: Self, args: Args) => Result, self: Self, args: Args) => Result;

/** Where in its property a native function lies. */
export type Slot = 'value' | 'get';

/**
 * Puts a function in the place of a native one that looks like it: in its properties, in its text, and in the errors
 * that it throws, which know of nobody between it and its caller.
 */
export function standIn<Self, Result = unknown>(
  owner: object,
  name: string,
  act: Act<Self, Result>,
  slot: Slot = 'value',
): void {
  const native = getOwnPropertyDescriptor(owner, name)?.[slot];
  const call = (self: Self, args: Args): Result => {
    try {
      return apply(native, self, args);
    } catch (error) {
      throw calledFrom(trap, error);
    }
  };
  const trap = (_: Native, self: Self, args: Args) => act(call, self, args);
  put(owner, name, slot, 'apply', trap);
}

/** The same for a native class; `made` is told of each of its objects. Gives the stand-in. */
export function standInClass<Made extends object>(
  owner: object,
  name: string,
  made: (one: Made) => void,
): Native {
  const trap = (native: Native, args: Args, newTarget: Native): Made => {
    try {
      const one = construct(native, args, newTarget);
      made(one);
      return one;
    } catch (error) {
      throw calledFrom(trap, error);
    }
  };
  return put(owner, name, 'value', 'construct', trap);
}

function put(owner: object, name: string, slot: Slot, kind: 'apply' | 'construct', trap: Native): Native {
  const descriptor = getOwnPropertyDescriptor(owner, name);
  const native = descriptor?.[slot];
  const handler = Object.create(null);
  handler[kind] = trap;
  const value = new Proxy(native, handler);
  know(natives, value, native);
  defineProperty(owner, name, { ...descriptor, [slot]: value });
  return value;
}

/** An error of a native function as it would be, had it been called by whoever called `ours`. */
function calledFrom(ours: Native, error: unknown): unknown {
  try {
    captureStackTrace(Object(error), ours);
  } catch {
    // One of the page's own, thrown through the native function, which nobody may write to.
  }
  return error;
}

/** Makes the text of the stand-ins that of the native functions behind them, its own function's as well. */
export function keepSource(): void {
  standIn<object>(Function.prototype, 'toString', (native, self, args) =>
    native(nativeOf(natives, self) ?? self, args),
  );
}
