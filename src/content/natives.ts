/**
 * The page's own functions as they were before any script of the page could run, callable whatever the page does to
 * prototypes afterwards. For the same reason the MAIN world's code neither spreads nor iterates.
 */
const { apply, construct, defineProperty, get, getOwnPropertyDescriptor } = Reflect;

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

/** What happens in place of a native function. */
interface Traps {
  apply?(native: Native, self: unknown, args: readonly unknown[]): unknown;
  construct?(native: Native, args: readonly unknown[], newTarget: Native): object;
}

const bind = method(Function, 'bind');
const { toString: source } = Function.prototype;

/** Puts a function in the place of a native one that looks like it: name, length, source text and descriptor. */
export function standIn<Owner extends object, Name extends keyof Owner & string>(
  owner: Owner,
  name: Name,
  traps: Traps,
): Owner[Name];
export function standIn(owner: object, name: string, traps: Traps) {
  const native = get(owner, name);
  const look = (target: object, key: PropertyKey, self: unknown) =>
    key === 'toString' ? bind(source, target) : get(target, key, self);
  const value = new Proxy(native, Object.assign(Object.create(null), traps, { get: look }));
  defineProperty(owner, name, { ...getOwnPropertyDescriptor(owner, name), value });
  return value;
}
