import type { Sentence } from '../fault.ts';
import type { HttpRequest, HttpResponse } from './ports.ts';

/** One request with its answer; null where none came. */
export interface Exchange {
  readonly sent: HttpRequest;
  readonly received: HttpResponse | null;
}

/** Ends a probe that cannot go on; the reason becomes its verdict. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive';
  readonly because: Sentence;

  constructor(because: Sentence) {
    super(because.key);
    this.because = because;
  }
}
