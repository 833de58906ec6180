import { test, vi } from 'vitest';
import { properties } from './fuzz.fixture.ts';

/** Thousands of cases on a busy machine: only a hang may fail for its time. */
vi.setConfig({ testTimeout: 120_000 });

test.each(properties.map(({ name, check }) => [name, check] as const))('%s', (_name, check) => check(2_000));
