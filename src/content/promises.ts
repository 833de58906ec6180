import { bare, defineProperty, deleteProperty, method, setPrototypeOf, valued } from './natives.ts';

const then = method(Promise, 'then');

/** Has no `constructor`: `then` takes the native class for a promise that inherits from it, and asks no page. */
const withoutConstructor = bare();

/**
 * Calls one of the functions when a native promise is settled that no page has seen. `then` and `await` read
 * `constructor` of their promise, which a page can define: here the promise inherits from an object of our own.
 */
export function whenSettled<Value>(
  promise: Promise<Value>,
  fulfilled: (value: Value) => void = () => {},
  rejected: (reason: unknown) => void = () => {},
): void {
  setPrototypeOf(promise, withoutConstructor);
  then(promise, fulfilled, rejected);
}

/**
 * Fulfils a promise with an object that was the value of another one. `resolve` reads `then` of an object, which a page
 * can define: it was read once when the other promise was resolved, and is not read again.
 */
export function fulfil<Value extends object>(resolve: (value: Value) => void, value: Value): void {
  const descriptor = valued(undefined);
  descriptor.configurable = true;
  defineProperty(value, 'then', descriptor);
  resolve(value);
  deleteProperty(value, 'then');
}
