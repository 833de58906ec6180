import { describe, test } from 'vitest';
import file from '../../test/vectors/data/offers.json' with { type: 'json' };
import { offersCheckers } from '../../test/vectors/offers.ts';

const sections: Readonly<Record<string, unknown>> = file;

describe.each(Object.entries(offersCheckers))('%s', (name, check) => {
  test.each(check(sections[name], sections).map((vector) => [vector.name, vector.run]))('%s', (_name, run) =>
    run(),
  );
});
