import type { ComponentChildren } from 'preact';

const SHAPES = {
  lock: (
    <>
      <rect x="4.5" y="9" width="11" height="7.5" rx="1.8" />
      <path d="M7 9V6.5a3 3 0 0 1 6 0V9" />
    </>
  ),
  home: <path d="M3.5 9.2 10 3.8l6.5 5.4M5.3 8v8h9.4V8" />,
  list: <path d="M7.5 5.5h9M7.5 10h9M7.5 14.5h9M3.6 5.5h.1M3.6 10h.1M3.6 14.5h.1" />,
  gauge: (
    <>
      <path d="M3.6 14.5a7 7 0 1 1 12.8 0" />
      <path d="m10 11.5 3-3.6" />
    </>
  ),
  settings: (
    <>
      <path d="M3.5 6h7M14.5 6h2M3.5 14h2M9.5 14h7" />
      <circle cx="12.5" cy="6" r="2" />
      <circle cx="7.5" cy="14" r="2" />
    </>
  ),
  receive: <path d="M10 3.5v9m0 0 3.7-3.7M10 12.5 6.3 8.8M4 16.5h12" />,
  send: <path d="M10 12.5v-9m0 0 3.7 3.7M10 3.5 6.3 7.2M4 16.5h12" />,
  copy: (
    <>
      <rect x="7" y="7" width="9.5" height="9.5" rx="1.8" />
      <path d="M13 7V5.3c0-1-.8-1.8-1.8-1.8H5.3c-1 0-1.8.8-1.8 1.8v5.9c0 1 .8 1.8 1.8 1.8H7" />
    </>
  ),
  check: <path d="m4.5 10.5 3.7 3.7 7.3-8" />,
  back: <path d="M12.5 4.5 7 10l5.5 5.5" />,
  forward: <path d="M7.5 4.5 13 10l-5.5 5.5" />,
  warning: (
    <>
      <path d="M10 3.7 2.8 16.2h14.4L10 3.7Z" />
      <path d="M10 8.5v3.6M10 14.1v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="10" cy="10" r="6.7" />
      <path d="M10 9.3v4M10 6.7v.1" />
    </>
  ),
  clock: (
    <>
      <circle cx="10" cy="10" r="6.7" />
      <path d="M10 6.3V10l2.5 1.7" />
    </>
  ),
  cross: <path d="m5.5 5.5 9 9m0-9-9 9" />,
  eye: (
    <>
      <path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5Z" />
      <circle cx="10" cy="10" r="2.2" />
    </>
  ),
  eyeOff: (
    <>
      <path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5Z" />
      <path d="m4 16 12-12" />
    </>
  ),
  code: <path d="m7 6.5-3.8 3.5L7 13.5m6-7 3.8 3.5-3.8 3.5M11.2 5 8.8 15" />,
  flask: (
    <path d="M7.5 3.5h5M8.5 3.5v4.2l-4 7c-.5.9.1 1.8 1.1 1.8h8.8c1 0 1.6-.9 1.1-1.8l-4-7V3.5M6.6 12h6.8" />
  ),
  open: (
    <path d="M8.5 5H6c-1 0-1.8.8-1.8 1.8V14c0 1 .8 1.8 1.8 1.8h7.2c1 0 1.8-.8 1.8-1.8v-2.5M11.8 4h4.7v4.7M16.2 4.3 9.5 11" />
  ),
  plus: <path d="M10 4.5v11M4.5 10h11" />,
  openTab: (
    <path d="M11.5 4H16v4.5M16 4l-6.5 6.5M14 11.5v3a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 4 14.5v-7A1.5 1.5 0 0 1 5.5 6h3" />
  ),
  pause: <path d="M7.3 5v10M12.7 5v10" />,
  play: <path d="m7 4.8 8 5.2-8 5.2V4.8Z" />,
  key: (
    <>
      <circle cx="6.8" cy="13.2" r="3.3" />
      <path d="m9.2 10.8 6.8-6.8m-2.5 2.5 2.2 2.2" />
    </>
  ),
} as const satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof SHAPES;

/** A decorative icon beside a text. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}
