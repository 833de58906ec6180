import { method, patchNative } from './natives.ts';

type Xhr = XMLHttpRequest;
type Upload = XMLHttpRequestUpload;

const types = ['loadstart', 'progress', 'load', 'loadend'] as const;

/** Hides the events of the second upload from a page that has seen those of the first one. */
export interface UploadMute {
  /**
   * Must be called before an upload is sent. A listener on an upload makes the browser send a preflight to another
   * origin. `isPreflighted` says that our listener changes nothing about that. Where it would, it is removed, and a
   * page that listens by `addEventListener` is told of the upload twice.
   */
  prepare(xhr: Xhr, isPreflighted: () => boolean): void;
  mute(xhr: Xhr): void;
  /** To be called when the page opens another request: it has not seen that one's upload. */
  unmute(xhr: Xhr): void;
}

/** Adds its listeners when the page first reads `upload`, so that they are called before the page's own. */
export function muteUploads(): UploadMute {
  const listen = method(EventTarget, 'addEventListener');
  const unlisten = method(EventTarget, 'removeEventListener');
  const stop = method(Event, 'stopImmediatePropagation');
  const get = method(WeakMap<Xhr, Upload>, 'get');
  const set = method(WeakMap<Xhr, Upload>, 'set');
  const isIn = method(WeakSet<EventTarget>, 'has');
  const put = method(WeakSet<EventTarget>, 'add');
  const takeOut = method(WeakSet<EventTarget>, 'delete');
  const uploads = new WeakMap<Xhr, Upload>();
  const muted = new WeakSet<EventTarget>();

  const hear = function (this: EventTarget, event: Event): void {
    if (isIn(muted, this)) stop(event);
  };
  const each = (act: (type: (typeof types)[number]) => void): void => {
    for (let i = 0; i < types.length; i += 1) act(types[i] as (typeof types)[number]);
  };

  patchNative<Xhr>(
    XMLHttpRequest.prototype,
    'upload',
    (native, xhr, args) => {
      const upload = native(xhr, args) as Upload;
      if (get(uploads, xhr) === undefined) {
        set(uploads, xhr, upload);
        each((type) => listen(upload, type, hear));
      }
      return upload;
    },
    'get',
  );

  return {
    prepare(xhr, isPreflighted) {
      const upload = get(uploads, xhr);
      if (upload === undefined || isPreflighted()) return;
      let hasHandler = false;
      each((type) => {
        if (upload[`on${type}`] !== null) hasHandler = true;
      });
      if (!hasHandler) each((type) => unlisten(upload, type, hear));
    },
    mute(xhr) {
      const upload = get(uploads, xhr);
      if (upload !== undefined) put(muted, upload);
    },
    unmute(xhr) {
      const upload = get(uploads, xhr);
      if (upload !== undefined) takeOut(muted, upload);
    },
  };
}
