import { method, standIn } from './natives.ts';

type Xhr = XMLHttpRequest;
type Upload = XMLHttpRequestUpload;

const types = ['loadstart', 'progress', 'load', 'loadend'] as const;

/** Keeps from a page the upload that is made again: it saw that upload once. */
export interface UploadMute {
  /**
   * Is called before an upload goes to the server. A listener on an upload makes the browser send a preflight to
   * another origin: `isPreflighted` says that ours changes nothing about that. Where it would, ours is removed, and the
   * page is told of an upload twice if it listens by `addEventListener`.
   */
  prepare(xhr: Xhr, isPreflighted: () => boolean): void;
  mute(xhr: Xhr): void;
  /** The page opens another request: what it uploads now is new to it. */
  unmute(xhr: Xhr): void;
}

/** An XMLHttpRequest tells its listeners in the order in which they came: ours comes when the page first reads `upload`. */
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

  standIn<Xhr>(
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
