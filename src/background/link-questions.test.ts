import { beforeEach, expect, test } from 'vitest';
import { clickedLink } from './clicked-link.ts';
import { type LinkQuestion, LinkQuestions } from './link-questions.ts';

const SHOP = 'https://shop.example';
const click = (tabId: number, text = 'nano:1') => ({ tabId, text, site: SHOP, frame: null });

let kept: Map<string, LinkQuestion>;
/** The open windows, with the question that each was opened for. */
let open: Map<number, string>;
let focused: number[];
let links: LinkQuestions;

/** The questions of a new life of the worker, in the same browser. */
function nextLife(): LinkQuestions {
  return new LinkQuestions({
    store: {
      read: async () => [...kept.values()],
      write: async (question) => void kept.set(question.id, question),
      remove: async (id) => void kept.delete(id),
    },
    windows: {
      open: async (id) => {
        const windowId = 100 + open.size;
        open.set(windowId, id);
        return windowId;
      },
      focus: async (windowId) => {
        if (open.has(windowId)) focused.push(windowId);
        return open.has(windowId);
      },
    },
    networkOf: async (tabId) => (tabId === 9 ? null : `nano:${tabId}`),
  });
}

beforeEach(() => {
  kept = new Map();
  open = new Map();
  focused = [];
  links = nextLife();
});

test('a click opens one window, on the network that its tab pays on', async () => {
  await links.clicked(click(1));
  const [[windowId, id]] = [...open] as [[number, string]];
  expect(await links.find(id)).toEqual({ ...click(1), id, windowId, network: 'nano:1' });
});

test.each(['in the same life of the worker', 'after the worker was killed'])(
  'a second click in the tab shows the window that is open, and replaces nothing, %s',
  async (when) => {
    await links.clicked(click(1, 'nano:first'));
    if (when.startsWith('after')) links = nextLife();
    await links.clicked(click(1, 'nano:second'));
    expect([open.size, focused]).toEqual([1, [100]]);
    expect([...kept.values()]).toMatchObject([{ text: 'nano:first' }]);
  },
);

test('clicks at once open one window for each tab', async () => {
  await Promise.all([1, 1, 2, 1, 2].map((tabId) => links.clicked(click(tabId))));
  expect([...kept.values()].map(({ tabId }) => tabId)).toEqual([1, 2]);
  expect(open.size).toBe(2);
});

test('a click after the window was closed opens another one, and forgets the link before', async () => {
  await links.clicked(click(1, 'nano:first'));
  open.clear();
  await links.clicked(click(1, 'nano:second'));
  expect([...kept.values()]).toMatchObject([{ text: 'nano:second' }]);
});

test('a question is answered once, however many answers come at once', async () => {
  await links.clicked(click(1));
  const [id = ''] = open.values();
  const answers = await Promise.allSettled([links.take(id), links.take(id), nextLife().find(id)]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(nextLife().take(id)).rejects.toThrow('fault_approvalGone');
});

test('a question that was declined, or whose window was closed, is gone', async () => {
  await links.clicked(click(1));
  await links.clicked(click(2));
  const [[, first], [second]] = [...open] as [[number, string], [number, string]];
  await links.decline(first);
  await links.closed(second);
  await links.closed(7);
  expect(kept.size).toBe(0);
});

test('a tab whose sandbox has no network has a question without one', async () => {
  await links.clicked(click(9));
  expect([...kept.values()]).toMatchObject([{ network: null }]);
});

const tab = { id: 1, active: true, url: `${SHOP}/page` } as chrome.tabs.Tab;

test.each([
  ['a page', { tab, origin: SHOP }, { site: SHOP, frame: null }],
  [
    'a frame of another site',
    { tab, origin: 'https://ad.example' },
    { site: SHOP, frame: 'https://ad.example' },
  ],
  ['a frame without an origin', { tab, origin: 'null' }, { site: SHOP, frame: 'null' }],
])('a click names the site of %s as the browser tells it', (_name, sender, wanted) => {
  expect(clickedLink('nano:1', sender)).toEqual({ tabId: 1, text: 'nano:1', ...wanted });
});

test('what comes from no tab, or from one that nobody looks at, is no click', () => {
  expect(clickedLink('nano:1', { origin: SHOP })).toBeNull();
  expect(clickedLink('nano:1', { tab: { ...tab, active: false }, origin: SHOP })).toBeNull();
});
