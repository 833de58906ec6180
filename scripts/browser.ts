/**
 * Finds the browsers that demo and tests run in, and installs what is not there. `npx tsx scripts/browser.ts` prints the
 * paths.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';
import manifest from '../manifest.json' with { type: 'json' };

const LEAST_VERSION = Number(manifest.minimum_chrome_version);
/** The oldest Firefox of the manifest for it. */
const LEAST_FIREFOX = 140;
const FIREFOX_NAMES = ['firefox-esr', 'firefox'];
/** Google Chrome is left out: since version 137 it ignores `--load-extension`. */
const NAMES = ['chromium', 'chromium-browser'];
const MAC = '/Applications/Chromium.app/Contents/MacOS/Chromium';

/** Whether there is a screen to open a browser window on. */
export function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

let found: string | undefined;
let foundFirefox: string | undefined;

/**
 * The program file of a Chromium that runs here and is new enough for the purse: the one that CHROMIUM_PATH names; else
 * one that is installed; else the one that Playwright has fetched. Undefined when there is none.
 *
 * @throws when CHROMIUM_PATH names something else
 */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH) {
    if (found !== CHROMIUM_PATH && !isUsable(CHROMIUM_PATH)) {
      throw new Error(
        `CHROMIUM_PATH=${CHROMIUM_PATH} is no Chromium ${LEAST_VERSION} or newer that runs here.`,
      );
    }
    found = CHROMIUM_PATH;
    return found;
  }
  const installed = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  found ??= [...installed, MAC, chromium.executablePath()].find((path) => isUsable(path));
  return found;
}

/**
 * The program file of a Firefox that runs here and is new enough for the purse: the one that FIREFOX_PATH names, else one that is
 * installed. That of Playwright is another program, with changes of its own.
 *
 * @throws when FIREFOX_PATH names something else
 */
export function findFirefox(): string | undefined {
  const { FIREFOX_PATH, PATH = '' } = process.env;
  if (FIREFOX_PATH && !isUsable(FIREFOX_PATH, LEAST_FIREFOX)) {
    throw new Error(`FIREFOX_PATH=${FIREFOX_PATH} is no Firefox ${LEAST_FIREFOX} or newer that runs here.`);
  }
  const installed = PATH.split(delimiter).flatMap((folder) =>
    FIREFOX_NAMES.map((name) => join(folder, name)),
  );
  foundFirefox ??= FIREFOX_PATH || installed.find((path) => isUsable(path, LEAST_FIREFOX));
  return foundFirefox;
}

function isUsable(path: string, least = LEAST_VERSION): boolean {
  if (!existsSync(path)) return false;
  // The name may be that of a stub which only says how to install the real thing, or libraries may be missing.
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const [, version] = /(\d+)\.\d+/.exec(stdout ?? '') ?? [];
  return status === 0 && Number(version) >= least;
}

/** Returns a Chromium, and installs Playwright's or Debian's when there is none. With neither, prints what to do and exits. */
export function ensureChromium(): string {
  try {
    return findChromium() ?? installChromium();
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
    return process.exit(1);
  }
}

function installChromium(): string {
  for (const install of [installPlaywrights, () => installDebians('chromium')]) {
    install();
    const path = findChromium();
    if (path !== undefined) return path;
  }
  console.error(`
No Chromium ${LEAST_VERSION} or newer here, and none could be installed. Install one, or name it:

  CHROMIUM_PATH=/path/to/chromium

Google Chrome will not do: it no longer loads unpacked extensions.`);
  return process.exit(1);
}

/** Returns a Firefox, and installs Debian's when there is none. Where that fails, prints what to do and exits. */
export function ensureFirefox(): string {
  try {
    const path = findFirefox() ?? installFirefox();
    if (path !== undefined) return path;
    console.error(`
No Firefox ${LEAST_FIREFOX} or newer here, and none could be installed. Install the package firefox-esr, or name one:

  FIREFOX_PATH=/path/to/firefox`);
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
  }
  return process.exit(1);
}

function installFirefox(): string | undefined {
  installDebians('firefox-esr');
  return findFirefox();
}

function installPlaywrights(): void {
  console.error("There is no Chromium here: fetching Playwright's.");
  run('npx', 'playwright', 'install', '--no-shell', 'chromium');
}

function installDebians(name: string): void {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  console.error(`Installing Debian's ${name}.`);
  if (run('apt-get', 'update')) run('apt-get', 'install', '--yes', '--no-install-recommends', name);
}

function isDebian(): boolean {
  const release = '/etc/os-release';
  return existsSync(release) && /^ID(_LIKE)?=.*debian/m.test(readFileSync(release, 'utf8'));
}

/** Runs a program; returns whether it succeeded. Its output goes to stderr, since stdout holds the caller's report. */
function run(command: string, ...args: readonly string[]): boolean {
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync(command, args, { stdio: ['ignore', process.stderr, process.stderr], env });
    return true;
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(ensureChromium());
  console.log(ensureFirefox());
}
