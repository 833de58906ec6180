import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEVNET, MAINNET } from '../src/nano/network.ts';
import {
  dialectCodes,
  entryRefusalCodes,
  envelopeCodes,
  payabilityCodes,
} from '../src/protocol/offer/codes.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The layers of `src`, lowest first: this is the only place that declares them. A module imports only from layers below
 * its own.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['base64.ts', 'concurrency.ts', 'fault.ts', 'payment-id.ts', 'site.ts'],
  ['messages', 'nano', 'work'],
  ['ui'],
  ['interception', 'protocol', 'vault'],
  ['policy', 'wallet'],
  ['payments'],
  ['conformance', 'exchanges'],
  ['storage'],
  ['content', 'pages'],
  ['background'],
  ['practice'],
];

interface SourceFile {
  /** Below `src`. */
  readonly path: string;
  readonly text: string;
}

/** The text of every file below a folder of the project whose path passes. */
function filesBelow(folder: string, passes: (path: string) => boolean): readonly SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(ROOT, folder), join(entry.parentPath, entry.name)))
    .filter(passes)
    .map((path) => ({ path, text: readFileSync(join(ROOT, folder, path), 'utf8') }));
}

const isCode = (path: string) => /\.tsx?$/.test(path) && !/\.(test|fixture)\.tsx?$/.test(path);
const sources = filesBelow('src', isCode);

const IMPORT = /(?:^(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?|\bimport\()'(?<target>\.[^'?]+)/gm;

/** What a file imports of `src`, as paths below it. */
function importsOf({ path, text }: SourceFile): readonly string[] {
  return [...text.matchAll(IMPORT)]
    .map(({ groups }) =>
      relative(join(ROOT, 'src'), resolve(ROOT, 'src', dirname(path), groups?.target ?? '')),
    )
    .filter((target) => !target.startsWith('..'));
}

const moduleOf = (path: string) => path.split('/')[0] ?? path;
const layerOf = (path: string) => LAYERS.findIndex((modules) => modules.includes(moduleOf(path)));

describe('the layers', () => {
  it('name every module', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.map(({ path }) => path).filter((path) => layerOf(path) < 0)).toEqual([]);
    const modules = new Set(sources.map(({ path }) => moduleOf(path)));
    expect(LAYERS.flat().filter((name) => !modules.has(name))).toEqual([]);
  });

  it('are drawn in docs/ARCHITECTURE.md as they are declared', () => {
    const text = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');
    const drawn = LAYERS.toReversed().map((modules, place) => `${place + 1}. ${modules.join(', ')}`);
    expect(text).toContain(`<!-- layers -->\n${drawn.join('\n')}\n<!-- /layers -->`);
  });

  it('are imported only from above, types included', () => {
    const upward = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => moduleOf(target) !== moduleOf(file.path) && layerOf(target) >= layerOf(file.path))
        .map((target) => `${file.path} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('hold no circle, of types neither', () => {
    const open = new Map(sources.map((file) => [file.path, importsOf(file)]));
    expect([...open.values()].flat().length).toBeGreaterThan(300);
    for (let before = Number.POSITIVE_INFINITY; open.size < before; ) {
      before = open.size;
      for (const [path, imports] of open) if (!imports.some((target) => open.has(target))) open.delete(path);
    }
    expect([...open.keys()]).toEqual([]);
  });
});

interface Sentence {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string; readonly example: string }>>;
}

/** The sentences of a language, by their keys. */
const sentencesOf = (language: string): Readonly<Record<string, Sentence>> =>
  JSON.parse(readFileSync(join(ROOT, `public/_locales/${language}/messages.json`), 'utf8'));

describe.each(readdirSync(join(ROOT, 'public/_locales')))('the sentences of language %s', (language) => {
  const messages = sentencesOf(language);
  const PLURAL_FORM = /__(zero|one|two|few|many|other)$/;
  const manifest = readFileSync(join(ROOT, 'manifest.json'), 'utf8');
  const everything = sources.map(({ text }) => text).join('\n');
  const built = [...envelopeCodes, ...entryRefusalCodes, ...payabilityCodes, ...dialectCodes].map(
    (code) => `refusal_${code}`,
  );
  const prefixes = new Set(Object.keys(messages).flatMap((key) => /^[a-z]+_/.exec(key)?.[0] ?? []));

  it('are there for every key in use', () => {
    const named = [...everything.matchAll(/'([a-z]+_)(\w+)'/g)]
      .filter(([, prefix = '']) => prefixes.has(prefix))
      .map(([, prefix, rest]) => `${prefix}${rest}`);
    const inManifest = [...manifest.matchAll(/__MSG_(\w+)__/g)].map(([, key]) => key);
    expect(named.length).toBeGreaterThan(100);
    const isThere = (key = '') => Object.hasOwn(messages, key) || Object.hasOwn(messages, `${key}__other`);
    expect([...named, ...built, ...inManifest].filter((key) => !isThere(key))).toEqual([]);
  });

  it('are all in use', () => {
    const isUsed = (key: string) =>
      everything.includes(`'${key.replace(PLURAL_FORM, '')}'`) ||
      manifest.includes(`__MSG_${key}__`) ||
      built.includes(key);
    expect(Object.keys(messages).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('are those of `en`, in each plural form that numbers have in the language', () => {
    const rules = new Intl.PluralRules(language.replace('_', '-'));
    const forms = [...new Set(Array.from({ length: 200 }, (_, count) => rules.select(count)))];
    const needed = Object.keys(sentencesOf('en')).flatMap((key) => {
      if (!PLURAL_FORM.test(key)) return [key];
      return forms.map((form) => key.replace(PLURAL_FORM, `__${form}`));
    });
    expect(Object.keys(messages).sort()).toEqual([...new Set(needed)].sort());
  });

  it('name the language and its direction', () => {
    expect(messages.ui_language?.message).toBe(language.replace('_', '-'));
    expect(messages.ui_direction?.message).toBe(language === 'ar' ? 'rtl' : 'ltr');
  });

  it('have the placeholders of `en`, which the code fills by name', () => {
    const english = sentencesOf('en');
    const names = ({ placeholders = {} }: Sentence) => Object.keys(placeholders).sort().join();
    const faulty = Object.entries(messages)
      .filter(([key]) => !PLURAL_FORM.test(key) || key.endsWith('__other'))
      .filter(([key, sentence]) => names(sentence) !== names(english[key] ?? { message: '' }));
    expect(faulty).toEqual([]);
  });

  it('have the placeholders of their plural `__other` in every other plural form, or none', () => {
    const names = (key: string) => Object.keys(messages[key]?.placeholders ?? {}).join();
    const faulty = Object.keys(messages)
      .filter((key) => PLURAL_FORM.test(key))
      .filter((key) => !['', names(key.replace(PLURAL_FORM, '__other'))].includes(names(key)));
    expect(faulty).toEqual([]);
  });

  it('declare each placeholder that they use, with an example, and no other', () => {
    const faulty = Object.entries(messages).filter(([, { message, placeholders = {} }]) => {
      const used = new Set(message.match(/\$\w+\$/g));
      const declared = Object.keys(placeholders).map((name) => `$${name}$`);
      const isExplained = Object.values(placeholders).every(({ example }) => example !== '');
      return [...used].sort().join() !== declared.sort().join() || !isExplained;
    });
    expect(faulty).toEqual([]);
  });

  it('number their placeholders in the alphabetical order of the names', () => {
    const faulty = Object.entries(messages).filter(([, { placeholders = {} }]) =>
      Object.keys(placeholders)
        .sort()
        .some((name, index) => placeholders[name]?.content !== `$${index + 1}`),
    );
    expect(faulty).toEqual([]);
  });
});

describe('the code', () => {
  it('draws no chance from Math.random', () => {
    expect(sources.filter(({ text }) => text.includes('Math.random')).map(({ path }) => path)).toEqual([]);
  });

  it('knows no address on the network but the nodes of its own networks', () => {
    const own = [MAINNET, DEVNET].flatMap(({ rpcUrls, wsUrl, otherWsUrls = [], explorerUrl }) => [
      ...rpcUrls,
      wsUrl,
      ...otherWsUrls,
      explorerUrl,
    ]);
    const hosts = new Set(own.flatMap((url) => (url === null ? [] : [new URL(url).host])));
    const shipped = filesBelow('src', (path) => isCode(path) || /\.(html|css)$/.test(path));
    const strange = shipped.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:https?|wss?):\/\/([\w.-]+(?::\d+)?)/g)]
        .filter(([, host = '']) => !hosts.has(host) && host !== 'www.w3.org')
        // Names that exist nowhere (RFC 2606): those of the practice page.
        .filter(([, host = '']) => !/\.(example|invalid)$/.test(host))
        .map(([url]) => `${path}: ${url}`),
    );
    expect(strange).toEqual([]);
  });
});

describe('the docs', () => {
  const docs = filesBelow('docs', (path) => path.endsWith('.md'));
  const tests = ['src', 'test'].flatMap((folder) =>
    filesBelow(folder, (path) => path.endsWith('.test.ts')).map(({ path }) => `${folder}/${path}`),
  );

  it('name only tests that are there', () => {
    const named = docs.flatMap(({ path, text }) =>
      [...text.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, test = '']) => ({ path, test })),
    );
    expect(named.length).toBeGreaterThan(50);
    const missing = named.filter(({ test }) => !tests.some((there) => `/${there}`.endsWith(`/${test}`)));
    expect(missing).toEqual([]);
  });

  const citing = ['src', 'test', 'scripts', 'docs'].flatMap((folder) =>
    filesBelow(folder, (path) => /\.(ts|tsx|js|mjs|md)$/.test(path)).map(({ path, text }) => ({
      path: `${folder}/${path}`,
      text,
    })),
  );

  it('have every section and row of docs/WIRE.md that is cited', () => {
    const there = new Set<string>();
    let section = '';
    for (const line of docs.find(({ path }) => path === 'WIRE.md')?.text.split('\n') ?? []) {
      section = /^#{2,3} (\d+(?:\.\d+)?)\b/.exec(line)?.[1] ?? section;
      there.add(section);
      const [, row, probe] = /^\| (?:(\d+)|(T\d+)) \|/.exec(line) ?? [];
      if (row !== undefined) there.add(`${section}.${row}`);
      if (probe !== undefined) there.add(`${section} ${probe}`);
    }
    const cited = citing.flatMap(({ path, text }) =>
      [...text.matchAll(/§(\d+(?:\.\d+)?(?: T\d+)?)/g)].map(([, number = '']) => ({ path, number })),
    );
    expect(cited.length).toBeGreaterThan(100);
    expect(cited.filter(({ number }) => !there.has(number))).toEqual([]);
  });

  it('have every page that a comment names', () => {
    const isComment = (line: string) => /^\s*(\/\*|\*|\/\/)/.test(line);
    const named = citing
      .filter(({ path }) => !path.endsWith('.md'))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .filter((line) => line.includes('.md') && isComment(line))
          .flatMap((line) => line.match(/[\w./-]+\.md\b/g) ?? [])
          .map((page) => ({ path, page })),
      );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ page }) => !existsSync(join(ROOT, page)))).toEqual([]);
  });

  it('quote tests by their titles', () => {
    const plain = (text: string) => text.replaceAll('’', "'").replaceAll("\\'", "'");
    const quoted = docs.flatMap(({ path, text }) =>
      [...text.matchAll(/`([\w./-]+\.test\.ts)`((?:[^`|;]*?"[^"]+")+)/g)].flatMap(
        ([, test = '', titles = '']) =>
          [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ path, test, title })),
      ),
    );
    const missing = quoted.filter(({ test, title }) => {
      const file = tests.find((there) => `/${there}`.endsWith(`/${test}`));
      const text = file === undefined ? '' : plain(readFileSync(join(ROOT, file), 'utf8'));
      return !plain(title)
        .split('…')
        .every((part) => text.includes(part.trim()));
    });
    expect(quoted.length).toBeGreaterThan(200);
    expect(missing).toEqual([]);
  });

  it('have a row for every invariant of the design', () => {
    const security = docs.find(({ path }) => path === 'SECURITY.md')?.text ?? '';
    const rows = [...security.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
    expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });
});

describe('the project', () => {
  it('says nothing of the machine it was written on', () => {
    const isText = (path: string) => /\.(ts|tsx|js|json|md|html|css|svg|run)$/.test(path);
    const folders = ['src', 'test', 'scripts', 'docs', 'public'];
    const own = folders.flatMap((folder) =>
      filesBelow(folder, isText).map(({ path, text }) => ({ path: `${folder}/${path}`, text })),
    );
    const top = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isFile() && isText(entry.name))
      .map(({ name }) => ({ path: name, text: readFileSync(join(ROOT, name), 'utf8') }));
    const telling = [...own, ...top].flatMap(({ path, text }) =>
      (text.match(/(?<![\w.*})\]-])\/(?:root|home|Users|work|tmp)\/\w[\w./-]*/g) ?? []).map(
        (found) => `${path}: ${found}`,
      ),
    );
    expect(telling).toEqual([]);
  });

  it('is locked to packages, not to where one machine got them', () => {
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    expect(lock.match(/"resolved": "[^"]*"/g)).toBeNull();
    expect(lock.match(/"integrity": "sha512-/g)?.length).toBeGreaterThan(100);
  });

  it('is locked whole, for machines of every kind', () => {
    const { packages }: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } =
      JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    const locked = Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13));
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter((name) => !locked.includes(name))).toEqual([]);
  });
});
