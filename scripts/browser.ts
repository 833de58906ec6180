/**
 * Finds the Chromium that demo and tests run in, and installs one where there is none. `npx tsx scripts/browser.ts` prints
 * its path.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';
import manifest from '../manifest.json' with { type: 'json' };

const LEAST_VERSION = Number(manifest.minimum_chrome_version);
/** Google Chrome is left out: since version 137 it ignores `--load-extension`. */
const NAMES = ['chromium', 'chromium-browser'];
const MAC = '/Applications/Chromium.app/Contents/MacOS/Chromium';

/** Whether there is a screen to open a browser window on. */
export function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

let found: string | undefined;

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
  found ??= [...installed, MAC, chromium.executablePath()].find(isUsable);
  return found;
}

function isUsable(path: string): boolean {
  if (!existsSync(path)) return false;
  // The name may be that of a stub which only says how to install the real thing, or libraries may be missing.
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const [, version] = /(\d+)\.\d+\.\d+/.exec(stdout ?? '') ?? [];
  return status === 0 && Number(version) >= LEAST_VERSION;
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
  for (const install of [installPlaywrights, installDebians]) {
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

function installPlaywrights(): void {
  console.error("There is no Chromium here: fetching Playwright's.");
  run('npx', 'playwright', 'install', '--no-shell', 'chromium');
}

function installDebians(): void {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  console.error("It cannot be downloaded or does not run here: installing Debian's.");
  if (run('apt-get', 'update')) run('apt-get', 'install', '--yes', '--no-install-recommends', 'chromium');
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(ensureChromium());
