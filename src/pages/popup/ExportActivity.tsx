import type { ActivityView } from '../../messages/activity.ts';
import { request } from '../../messages/request.ts';
import { type Action, useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import { saveFile, today } from '../../ui/save-file.ts';
import { csvHead, csvOf, jsonOf } from './activity-file.ts';

/** The page size of the background. */
const PAGE = 500;

/** Exports the whole activity as a CSV or JSON file. */
export function ExportActivity() {
  const csv = useAction();
  const json = useAction();
  const save = (action: Action, ending: 'csv' | 'json', type: string, parts: () => Promise<string[]>) =>
    action.run(async () => saveFile(`nano-purse-activity-${today()}.${ending}`, type, await parts()));
  return (
    <section aria-label={t('popup_export')}>
      <div class="columns">
        <Button
          look="quiet"
          busy={csv.busy.value}
          testId="export-csv"
          onClick={() => void save(csv, 'csv', 'text/csv', csvParts)}
        >
          {t('popup_exportCsv')}
        </Button>
        <Button
          look="quiet"
          busy={json.busy.value}
          testId="export-json"
          onClick={() => void save(json, 'json', 'application/json', jsonParts)}
        >
          {t('popup_exportJson')}
        </Button>
      </div>
      <FaultLine fault={csv.fault.value ?? json.fault.value} />
    </section>
  );
}

async function csvParts(): Promise<string[]> {
  const parts = [csvHead()];
  for await (const item of everything()) parts.push(csvOf(item));
  return parts;
}

async function jsonParts(): Promise<string[]> {
  const parts: string[] = [];
  for await (const item of everything()) parts.push(`${parts.length === 0 ? '' : ',\n'}${jsonOf(item)}`);
  return ['[\n', ...parts, '\n]\n'];
}

/** Loads the whole activity page by page, newest first. */
async function* everything(): AsyncGenerator<ActivityView> {
  let before: string | null = null;
  do {
    const { items, next }: { readonly items: readonly ActivityView[]; readonly next: string | null } =
      await request('activity.page', { before, limit: PAGE });
    yield* items;
    before = next;
  } while (before !== null);
}
