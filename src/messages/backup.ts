import * as v from 'valibot';
import { password, text } from './fields.ts';
import { message } from './message.ts';

/** The longest backup that one message of the browser can carry (characters). */
export const MOST_BACKUP = 60 * 2 ** 20;

export const backupMessages = {
  /** Returns the whole purse as the text of a file, sealed under the password of the file. */
  'backup.save': message(v.strictObject({ password, filePassword: password }), 'open')<{
    readonly file: string;
  }>(),
  'backup.restore': message(v.strictObject({ file: text(MOST_BACKUP), password }), 'always')<null>(),
} as const;
