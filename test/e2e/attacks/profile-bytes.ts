import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a browser's profile that hold a word, however it is written: as bytes, in UTF-16, within base64. */
export function filesWith(profile: string, word: string): readonly string[] {
  const shapes = [Buffer.from(word), Buffer.from(word, 'utf16le'), ...inBase64(word)];
  return readdirSync(profile, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return shapes.some((shape) => bytes.includes(shape));
    });
}

/** What of the word is the same in base64 whatever stands around it: at each of the three places it may begin. */
function inBase64(word: string): readonly Buffer[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.from(`${' '.repeat(before)}${word}`)
      .toString('base64')
      .replace(/=+$/, '');
    return Buffer.from(text.slice(before === 0 ? 0 : before + 1, -2));
  });
}
