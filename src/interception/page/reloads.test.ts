import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { deferred } from '../../concurrency.ts';
import type { Challenge, DeliveryOutcome } from '../challenge.ts';
import { OpenChallenges } from '../open-challenges.ts';
import { memoryStore, observedOf } from '../samples.fixture.ts';
import { Reloads } from './reloads.ts';
import { RULE_LIFE } from './rule-windows.ts';

type Navigation = { readonly tabId: number; readonly frameId: number; readonly url: string };
type Listener = (page: Navigation) => void;

/** The listeners of the browser's two events of a navigation. */
let starts: Set<Listener>;
let commits: Set<Listener>;

function eventOf(listeners: Set<Listener>) {
  return {
    addListener: (added: Listener) => void listeners.add(added),
    removeListener: (removed: Listener) => void listeners.delete(removed),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  [starts, commits] = [new Set(), new Set()];
  vi.stubGlobal('chrome', {
    webNavigation: { onBeforeNavigate: eventOf(starts), onCommitted: eventOf(commits) },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const PAGE: Navigation = { tabId: 1, frameId: 0, url: 'https://page.example/article' };
/** Lets a page begin to load, or be shown. */
const tell = (listeners: Set<Listener>, page: Partial<Navigation> = {}) => {
  for (const listener of listeners) listener({ ...PAGE, ...page });
};

/** A delivery that waits for its page to be loaded again. */
async function waiting(parts: Partial<Challenge> = {}) {
  const open = new OpenChallenges(memoryStore());
  const changed = vi.fn();
  const reloads = new Reloads({ open, changed });
  const observed = observedOf('paid', 1);
  const challenge: Challenge = { ...observed.challenge, userPart: 'load', ...parts };
  await open.add({ observed: { ...observed, challenge }, hold: null });

  const carried = deferred<void>();
  const delivery = deferred<DeliveryOutcome>();
  const giveUp = (reason: 'gone' | 'timeout') => delivery.resolve({ kind: 'unanswered', reason });
  let [armed, times] = [0, 0];
  const arm = async () => {
    armed += 1;
    times += 1;
    return async () => void armed--;
  };
  const answer = { carried: carried.promise, delivery: delivery.promise, giveUp };
  const outcome = reloads.deliver(challenge, answer, arm);
  await vi.advanceTimersByTimeAsync(0);
  /** How many rules are armed now, and how many ever were. */
  const rules = () => [armed, times];
  return { open, changed, reloads, challenge, carried, giveUp, outcome, rules };
}

test('a delivery that awaits a load of its page is listed until it ends, and is open until then', async () => {
  const { open, changed, reloads, challenge, giveUp, outcome, rules } = await waiting();
  expect([reloads.has('paid'), reloads.has('other'), reloads.waiting()]).toEqual([true, false, [challenge]]);
  expect(changed).toHaveBeenCalledTimes(1);
  expect(await open.get('paid')).toBeDefined();
  giveUp('timeout');
  expect(await outcome).toEqual({ kind: 'unanswered', reason: 'timeout' });
  expect([reloads.has('paid'), reloads.waiting()]).toEqual([false, []]);
  expect(changed).toHaveBeenCalledTimes(2);
  expect(await open.get('paid')).toBeUndefined();
  expect([starts.size, commits.size, rules()]).toEqual([0, 0, [0, 1]]);
});

test('the rule of a delivery is armed at its start, with each load of its page, and when its user is about to load it', async () => {
  const { reloads, rules } = await waiting();
  expect(rules()).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(RULE_LIFE);
  expect(rules()).toEqual([0, 1]);
  tell(starts);
  await vi.advanceTimersByTimeAsync(0);
  expect(rules()).toEqual([1, 2]);
  tell(commits);
  await vi.advanceTimersByTimeAsync(0);
  expect(rules()).toEqual([2, 3]);
  await reloads.expect('other');
  expect(rules()).toEqual([2, 3]);
  await reloads.expect('paid');
  expect(rules()).toEqual([3, 4]);
});

test.each<[string, Partial<Navigation>]>([
  ['of another tab', { tabId: 2 }],
  ['of a frame in the page', { frameId: 5 }],
  ['of another site', { url: 'https://other.example/' }],
])('a load %s does not arm the rule of a delivery', async (_, page) => {
  const { rules } = await waiting();
  tell(starts, page);
  await vi.advanceTimersByTimeAsync(0);
  expect(rules()).toEqual([1, 1]);
});

test('a delivery is given up when its tab shows another site, and only then', async () => {
  const { reloads, outcome } = await waiting();
  const elsewhere = 'https://other.example/';
  tell(starts, { url: elsewhere });
  tell(commits, { url: elsewhere, tabId: 2 });
  tell(commits, { url: elsewhere, frameId: 5 });
  tell(commits);
  await vi.advanceTimersByTimeAsync(0);
  expect(reloads.has('paid')).toBe(true);
  tell(commits, { url: elsewhere });
  expect(await outcome).toEqual({ kind: 'unanswered', reason: 'gone' });
});

test('a proof that a request has carried is carried by no later load of the page', async () => {
  const { carried, rules } = await waiting();
  carried.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(rules()).toEqual([0, 1]);
  tell(starts);
  tell(commits);
  await vi.advanceTimersByTimeAsync(0);
  expect(rules()).toEqual([0, 1]);
});

test('the page of a delivery is that of the request’s initiator where the browser tells of no other', async () => {
  const { rules } = await waiting({ topOrigin: null, initiator: 'https://asks.example' });
  tell(starts);
  tell(starts, { url: 'https://asks.example/' });
  await vi.advanceTimersByTimeAsync(0);
  expect(rules()).toEqual([2, 2]);
});
