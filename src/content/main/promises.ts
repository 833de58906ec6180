import { bare, defineProperty, deleteProperty, method, setPrototypeOf, valued } from './natives.ts';

const then = method(Promise, 'then');

/**
 * Has no `constructor`: for a promise that inherits from it, `then` uses the native class and runs no code of the page.
 */
const withoutConstructor = bare();

/**
 * Calls one of the functions when a native promise is settled that the page has never had. `then` and `await` read
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
 * Fulfils a promise with an object that was the value of another one. `resolve` reads `then` of its object, which a
 * page can define. The browser read it when it resolved the other promise; a property of the object itself, set for the
 * moment, keeps `resolve` from reading the page's a second time.
 */
export function fulfil<Value extends object>(resolve: (value: Value) => void, value: Value): void {
  const descriptor = valued(undefined);
  descriptor.configurable = true;
  defineProperty(value, 'then', descriptor);
  resolve(value);
  deleteProperty(value, 'then');
}
