import { useMemo } from 'preact/hooks';
import { encode } from 'uqr';

const QUIET_ZONE = 4;

/** A text as a QR code. It is dark on light in both themes, because not every camera reads it inverted. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = useMemo(() => encode(text, { ecc: 'M', border: QUIET_ZONE }), [text]);
  const modules = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} class="qr-light" />
      <path d={modules} class="qr-dark" />
    </svg>
  );
}
