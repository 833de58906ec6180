/** What an action answers. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object in an answer. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes JSON the way the node's property tree does: an empty list or object is the empty string. */
export function propertyTree(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? '' : value.map(propertyTree);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).flatMap(([key, field]): [string, Json][] =>
    field === undefined ? [] : [[key, propertyTree(field)]],
  );
  return fields.length === 0 ? '' : Object.fromEntries(fields);
}
