import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for a browser's profile. */
export function newProfile(): string {
  return mkdtempSync(join(tmpdir(), 'nano-purse-profile-'));
}

/**
 * Removes the profile of a browser that was closed. Its last processes may still write into it: the folder is read
 * again for each attempt, which Node's `rmSync` does not do.
 */
export function removeProfile(profile: string): Promise<void> {
  return rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
