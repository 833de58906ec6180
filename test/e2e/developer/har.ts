import * as v from 'valibot';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(-1));
const pairs = v.array(v.strictObject({ name: text, value: text }));
const message = {
  httpVersion: text,
  cookies: v.array(v.unknown()),
  headers: pairs,
  headersSize: count,
  bodySize: count,
};
const time = v.pipe(v.number(), v.minValue(0));

/** HTTP Archive 1.2: everything that it requires; of its own, a writer may add names that begin with `_`. */
const schema = v.strictObject({
  log: v.strictObject({
    version: v.literal('1.2'),
    creator: v.strictObject({ name: text, version: text }),
    entries: v.array(
      v.strictObject({
        startedDateTime: v.pipe(text, v.isoTimestamp()),
        time,
        request: v.strictObject({ ...message, method: text, url: v.pipe(text, v.url()), queryString: pairs }),
        response: v.strictObject({
          ...message,
          status: v.pipe(v.number(), v.integer()),
          statusText: text,
          content: v.strictObject({ size: count, mimeType: text }),
          redirectURL: text,
        }),
        cache: v.strictObject({}),
        timings: v.strictObject({ send: time, wait: time, receive: time }),
        _purse: v.record(text, v.unknown()),
      }),
    ),
  }),
});

export const Har = { parse: (value: unknown) => v.parse(schema, value) };
