import * as v from 'valibot';

/** Input fields that several messages share. */
export const nothing = v.strictObject({});
export const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
export const raw = v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]{0,38})$/));
export const limit = v.nullable(raw);
export const site = text(512);
export const tab = v.pipe(v.number(), v.integer(), v.minValue(0));
export const password = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

/** An amount as pages get it: decimal text in raw. Times are milliseconds since the epoch. */
export type RawString = string;
