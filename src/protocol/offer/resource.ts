import { readWebUrl } from '../../site.ts';
import { cleanText } from '../wire/clean-text.ts';
import { type JsonObject, ownText } from '../wire/json.ts';

/** The server's description of what is paid for, as text cleaned for display. Its URL is never opened. */
export interface Resource {
  readonly url: string;
  readonly description?: string;
  readonly mimeType?: string;
}

const MAX_URL = 512;
const MAX_DESCRIPTION = 280;
const MAX_MIME_TYPE = 80;

/** Reads the envelope's `resource` for showing; what is empty after cleaning is left out. */
export function readResource(resource: JsonObject): Resource {
  const description = cleanText(ownText(resource, 'description') ?? '', MAX_DESCRIPTION);
  const mimeType = cleanText(ownText(resource, 'mimeType') ?? '', MAX_MIME_TYPE);
  return {
    url: cleanText(ownText(resource, 'url') ?? '', MAX_URL),
    ...(description && { description }),
    ...(mimeType && { mimeType }),
  };
}

/**
 * How `resource.url` fits the URL that really answered 402: the `same` origin, the same host under the other `scheme`
 * of http and https (servers behind a proxy that ends TLS write that), or an `other` place.
 */
export type ResourceFit = 'same' | 'scheme' | 'other';

/** Compares the origins only (docs/WIRE.md §7.13): a path may differ, as servers rewrite them. */
export function compareResource(resource: JsonObject, answered: string): ResourceFit {
  const page = readWebUrl(answered);
  const named = page && readWebUrl(ownText(resource, 'url') ?? '', page.href);
  if (!page || !named) return 'other';
  if (named.origin === page.origin) return 'same';
  return named.host === page.host ? 'scheme' : 'other';
}
