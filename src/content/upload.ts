import { method, standIn } from './natives.ts';

type Upload = XMLHttpRequestUpload;

const types = ['loadstart', 'progress', 'load', 'loadend'] as const;

/** Keeps from a page the upload that is made again: it saw that upload once. */
export interface UploadMute {
  mute(upload: Upload): void;
  /** The page opens another request: what it uploads now is new to it. */
  unmute(upload: Upload): void;
}

/**
 * A listener on an upload is what makes the browser send a preflight. So we listen where the page does, and nowhere
 * else: to know it, `addEventListener` has a stand-in from the moment on when the page first touches an upload.
 */
export function muteUploads(): UploadMute {
  const { prototype } = EventTarget;
  const { addEventListener } = prototype;
  const listen = method(EventTarget, 'addEventListener');
  const stop = method(Event, 'stopImmediatePropagation');
  const isIn = method(WeakSet<EventTarget>, 'has');
  const put = method(WeakSet<EventTarget>, 'add');
  const takeOut = method(WeakSet<EventTarget>, 'delete');
  const touched = new WeakSet<EventTarget>();
  const muted = new WeakSet<EventTarget>();
  let isWatching = false;

  const hear = function (this: EventTarget, event: Event): void {
    if (isIn(muted, this)) stop(event);
  };
  const listenTo = (upload: EventTarget): void => {
    for (let i = 0; i < types.length; i += 1) listen(upload, types[i] as string, hear, true);
  };

  standIn<XMLHttpRequest>(
    XMLHttpRequest.prototype,
    'upload',
    (native, xhr, args) => {
      const upload = native(xhr, args) as Upload;
      put(touched, upload);
      if (!isWatching && prototype.addEventListener === addEventListener) {
        isWatching = true;
        standIn<EventTarget>(prototype, 'addEventListener', (add, target, what) => {
          if (isIn(touched, target)) listenTo(target);
          return add(target, what);
        });
      }
      return upload;
    },
    'get',
  );

  return {
    mute(upload) {
      put(muted, upload);
      // All are called in the order in which they came; the page's handlers go behind our listeners.
      for (let i = 0; i < types.length; i += 1) {
        const name = `on${types[i] as (typeof types)[number]}` as const;
        const handler = upload[name];
        if (handler === null) continue;
        upload[name] = null;
        listenTo(upload);
        upload[name] = handler;
      }
    },
    unmute: (upload) => void takeOut(muted, upload),
  };
}
