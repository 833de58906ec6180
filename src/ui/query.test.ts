import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { Fault, faultOf } from '../fault.ts';
import { query } from './query.ts';

/** A question whose answers come when the test says so. */
function questions() {
  const open: { answer: (value: string) => void; fail: (error: unknown) => void }[] = [];
  return {
    asked: () => open.length,
    load: () =>
      new Promise<string>((answer, fail) => {
        open.push({ answer, fail });
      }),
    at: (index: number) => {
      const question = open[index];
      if (question === undefined) throw new Error(`question ${index} was not asked`);
      return question;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a query loads at once, and again at each revision', async () => {
  const { load, at, asked } = questions();
  const revision = signal(0);
  const live = query(load, revision);
  expect(live.answer.value).toEqual({ kind: 'waiting' });
  at(0).answer('first');
  await settled();
  expect(live.answer.value).toEqual({ kind: 'given', value: 'first' });
  revision.value = 1;
  expect(asked()).toBe(2);
  at(1).answer('second');
  await settled();
  expect(live.answer.value).toEqual({ kind: 'given', value: 'second' });
});

test('any number of revisions during a load cause one more load', async () => {
  const { load, at, asked } = questions();
  const revision = signal(0);
  const live = query(load, revision);
  for (let index = 1; index <= 100; index++) revision.value = index;
  expect(asked()).toBe(1);
  at(0).answer('old');
  await settled();
  expect(asked()).toBe(2);
  at(1).answer('new');
  await settled();
  expect(asked()).toBe(2);
  expect(live.answer.value).toEqual({ kind: 'given', value: 'new' });
});

test('a failed load becomes the answer, and the next revision loads again', async () => {
  const { load, at } = questions();
  const revision = signal(0);
  const live = query(load, revision);
  const fault = new Fault('fault_locked');
  at(0).fail(fault);
  await settled();
  expect(live.answer.value).toEqual({ kind: 'failed', fault });
  revision.value = 1;
  at(1).answer('open');
  await settled();
  expect(live.answer.value).toEqual({ kind: 'given', value: 'open' });
});

test('a stopped query neither loads nor answers', async () => {
  const { load, at, asked } = questions();
  const revision = signal(0);
  const live = query(load, revision);
  live.stop();
  revision.value = 1;
  at(0).answer('late');
  await settled();
  expect(asked()).toBe(1);
  expect(live.answer.value).toEqual({ kind: 'waiting' });
});

test('faultOf turns any other error into a fault and keeps its cause', () => {
  const error = new TypeError('no');
  expect(faultOf(error)).toMatchObject({ key: 'fault_unexpected', cause: error });
});
