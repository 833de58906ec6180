import { xno } from '../merchant/pages/article.ts';

/** The result of a step, besides its success. */
export interface Shown {
  readonly amountRaw?: bigint;
  readonly blockHash?: string;
  /** HTTP status that the page saw. */
  readonly status?: number;
  /** A few words for the timeline. */
  readonly note?: string;
}

/** One step of the demo: resolves when it has happened and was checked, rejects when it has not. */
export interface Step {
  readonly name: string;
  readonly play: () => Promise<Shown>;
}

/** The report of one step. Amounts are raw, as decimal text. */
export interface StepReport {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly amountRaw?: string;
  readonly blockHash?: string;
  readonly status?: number;
  readonly error?: string;
}

/** The report of the demo. */
export interface Report {
  readonly ok: boolean;
  readonly steps: readonly StepReport[];
}

/** Plays the steps in order, saying a few lines for each. After one that fails, none of the others is tried. */
export async function playSteps(steps: readonly Step[], say: (line: string) => void): Promise<Report> {
  const reports: StepReport[] = [];
  for (const { name, play } of steps) {
    const failed = reports.some(({ ok }) => !ok);
    const report = failed ? { name, ok: false, ms: 0, error: 'not tried' } : await playStep(name, play, say);
    reports.push(report);
  }
  return { ok: reports.every(({ ok }) => ok), steps: reports };
}

async function playStep(
  name: string,
  play: () => Promise<Shown>,
  say: (line: string) => void,
): Promise<StepReport> {
  const began = performance.now();
  const taken = () => Math.round(performance.now() - began);
  try {
    const { amountRaw, blockHash, status, note } = await play();
    const ms = taken();
    const facts = [
      note,
      amountRaw === undefined ? undefined : `${xno(amountRaw)} XNO`,
      blockHash === undefined ? undefined : `block ${blockHash.slice(0, 8)}…`,
      status === undefined ? undefined : `HTTP ${status}`,
    ].filter((fact) => fact !== undefined);
    say(line('✓', name, ms));
    if (facts.length > 0) say(`      ${facts.join('  ·  ')}`);
    return {
      name,
      ok: true,
      ms,
      ...(amountRaw !== undefined && { amountRaw: String(amountRaw) }),
      ...(blockHash !== undefined && { blockHash }),
      ...(status !== undefined && { status }),
    };
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    const ms = taken();
    say(line('✗', name, ms));
    say(error.replace(/^/gm, '      '));
    return { name, ok: false, ms, error };
  }
}

const WIDTH = 62;

function line(mark: string, name: string, ms: number): string {
  return `  ${mark}   ${name.padEnd(WIDTH)} ${`${(ms / 1000).toFixed(2)} s`.padStart(8)}`;
}
