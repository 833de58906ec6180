import { createHmac, randomBytes } from 'node:crypto';
import type { Visit } from './http.ts';

const KEY = randomBytes(32);
const NAME = 'pass';

/** What one URL gives whoever paid for it: all later requests for it are free, as players make many. */
const valueFor = ({ href }: Visit): string => createHmac('sha256', KEY).update(href).digest('hex');

/** The header with the cookie that opens the URL of a visit again. */
export function passFor(visit: Visit): Readonly<Record<string, string>> {
  const cookie = `${NAME}=${valueFor(visit)}; Path=${visit.url.pathname}; HttpOnly; SameSite=Strict`;
  return { 'Set-Cookie': cookie };
}

/** Whether a visit brings the cookie of its URL. */
export function hasPass(visit: Visit): boolean {
  const cookies = visit.headers.cookie?.split('; ') ?? [];
  return cookies.includes(`${NAME}=${valueFor(visit)}`);
}
