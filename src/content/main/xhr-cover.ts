import { bare, defineProperty, deleteProperty, getter, ownProperty } from './natives.ts';

type Xhr = XMLHttpRequest;

/** Hides the response of a request from its page. */
export interface XhrCover {
  /** Makes a request look as if it had no response yet. */
  cover(xhr: Xhr): void;
  uncover(xhr: Xhr): void;
  coverReadyState(xhr: Xhr): void;
  uncoverReadyState(xhr: Xhr): void;
}

/**
 * Covers a request by properties of its own. Every other request, and the prototype, keep the browser's own.
 *
 * @param shownOf the ready state that the page is shown in place of the true one.
 */
export function createXhrCover(shownOf: (xhr: Xhr) => number | undefined): XhrCover {
  const descriptors: Record<string, PropertyDescriptor> = bare();
  const put = (name: string, kind: 'get' | 'value', value: unknown): void => {
    const own: PropertyDescriptor = bare();
    own[kind] = value;
    own.enumerable = true;
    own.configurable = true;
    descriptors[name] = own;
  };
  const blank = (name: keyof Xhr, blankOf: (value: unknown, xhr: Xhr) => unknown): void => {
    const native = getter(XMLHttpRequest, name);
    put(name, 'get', function (this: Xhr) {
      return blankOf(native(this), this);
    });
  };
  blank('readyState', (value, xhr) => shownOf(xhr) ?? value);
  blank('response', (value) => (typeof value === 'string' ? '' : null));
  blank('responseText', () => '');
  blank('responseURL', () => '');
  blank('responseXML', () => null);
  blank('status', () => 0);
  blank('statusText', () => '');
  put('getAllResponseHeaders', 'value', () => '');
  put('getResponseHeader', 'value', () => null);

  const coverOne = (xhr: Xhr, name: string): void => {
    const own = descriptors[name];
    if (own !== undefined && ownProperty(xhr, name) === undefined) defineProperty(xhr, name, own);
  };
  const uncoverOne = (xhr: Xhr, name: string): void => {
    const own = ownProperty(xhr, name);
    if (own?.get === descriptors[name]?.get && own?.value === descriptors[name]?.value)
      deleteProperty(xhr, name);
  };
  return {
    cover(xhr) {
      for (const name in descriptors) coverOne(xhr, name);
    },
    uncover(xhr) {
      for (const name in descriptors) uncoverOne(xhr, name);
    },
    coverReadyState: (xhr) => coverOne(xhr, 'readyState'),
    uncoverReadyState: (xhr) => uncoverOne(xhr, 'readyState'),
  };
}
