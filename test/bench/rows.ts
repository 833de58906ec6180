/** One measurement: the median of its samples, and their 95th percentile. */
export interface Row {
  readonly name: string;
  /** How many samples. */
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly unit: 'ms' | 'MH/s' | '×' | 'MiB' | 'jobs' | 'questions' | 'clicks';
}

/** Sums up samples. */
export function row(name: string, samples: readonly number[], unit: Row['unit']): Row {
  const sorted = samples.toSorted((a, b) => a - b);
  return { name, n: samples.length, p50: percentile(sorted, 50), p95: percentile(sorted, 95), unit };
}

/** By the nearest rank, to a hundredth. */
function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return Math.round((sorted[rank - 1] ?? Number.NaN) * 100) / 100;
}

/** The rows as a table to read. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const number = (value: number) => value.toFixed(2).padStart(9);
  const lines = rows.map(
    ({ name, n, p50, p95, unit }) =>
      `${name.padEnd(width)} ${String(n).padStart(4)} ${number(p50)} ${number(p95)}  ${unit}`,
  );
  return [`${''.padEnd(width)} ${'n'.padStart(4)} ${'p50'.padStart(9)} ${'p95'.padStart(9)}`, ...lines].join(
    '\n',
  );
}
