/** The constants of Punycode (RFC 3492, section 5). */
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE = 0x80;
const LAST_CODE = 0x10ffff;

/** Decodes a punycode label of a host (`xn--…`); null for any other label or a malformed one. */
export function decodeLabel(label: string): string | null {
  if (!label.startsWith('xn--')) return null;
  const text = label.slice(4);
  const dash = text.lastIndexOf('-');
  const letters = Array.from(text.slice(0, Math.max(0, dash)), (letter) => letter.charCodeAt(0));
  const digits = text.slice(dash + 1);
  let code = FIRST_CODE;
  let bias = FIRST_BIAS;
  let index = 0;
  let at = 0;
  while (at < digits.length) {
    const before = index;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = Number.parseInt(digits.charAt(at++), BASE);
      if (Number.isNaN(digit)) return null;
      // Punycode counts a to z before 0 to 9, unlike base 36.
      const value = digit < 10 ? digit + 26 : digit - 10;
      index += value * weight;
      if (index > Number.MAX_SAFE_INTEGER) return null;
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
      if (value < threshold) break;
      weight *= BASE - threshold;
    }
    const length = letters.length + 1;
    bias = adapted(index - before, length, before === 0);
    code += Math.floor(index / length);
    index %= length;
    if (code > LAST_CODE) return null;
    letters.splice(index, 0, code);
    index += 1;
  }
  return String.fromCodePoint(...letters);
}

function adapted(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(isFirst ? delta / DAMP : delta / 2);
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
