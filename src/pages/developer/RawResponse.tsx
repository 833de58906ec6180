import type { HttpResponse } from '../../conformance/ports.ts';
import type { Inspection, Target } from '../../conformance/target.ts';
import { cleanText } from '../../protocol/wire/clean-text.ts';
import { t } from '../../ui/i18n.ts';

/** A request and the response to it. */
export interface Inspected {
  readonly target: Target;
  readonly network: string;
  readonly inspection: Inspection;
  readonly at: number;
}

/** Returns the status of a response. The browser hides the status of a redirect that is not followed. */
export const statusOf = ({ status }: HttpResponse): string =>
  status === 0 ? t('developer_redirected') : String(status);

const MOST_SHOWN = 4096;

/** The verbatim headers and body of a response. */
export function RawResponse({ response: { headers, body } }: { readonly response: HttpResponse }) {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const lines = [...head, '', ...body.slice(0, MOST_SHOWN).split('\n')];
  return (
    <details>
      <summary>{t('developer_headers')}</summary>
      <pre class="code developer-raw" dir="ltr">
        {lines.map((line) => cleanText(line, MOST_SHOWN)).join('\n')}
      </pre>
    </details>
  );
}
