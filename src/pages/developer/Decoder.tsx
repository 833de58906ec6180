import { useComputed, useSignal } from '@preact/signals';
import { type Explained, explain } from '../../protocol/explain/index.ts';
import { type FoundHeader, HEADERS, type HeaderName } from '../../protocol/explain/paste/header-names.ts';
import { readPaste } from '../../protocol/explain/paste.ts';
import { explainResponse } from '../../protocol/explain/response.ts';
import { Button } from '../../ui/components/Button.tsx';
import { SelectField } from '../../ui/components/Choice.tsx';
import { TextArea, TextField } from '../../ui/components/Field.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { useNow } from '../../ui/now.ts';
import { Explanation } from '../wire/Explanation.tsx';
import { Findings } from '../wire/Findings.tsx';

const AUTOMATIC = 'automatic';

/** Explains pasted payment headers. The text never leaves the page. */
export function Decoder() {
  const text = useSignal('');
  const url = useSignal('');
  const payer = useSignal('');
  const kind = useSignal<HeaderName | typeof AUTOMATIC>(AUTOMATIC);
  const pastedAt = useSignal(0);
  const now = useNow(5_000).value;
  const found = useComputed(() => readPaste(text.value)).value;
  return (
    <Screen title={t('developer_decoder')}>
      <p class="lead">{t('developer_decoderLead')}</p>
      <div class="card">
        <TextArea
          label={t('developer_paste')}
          hint={t('developer_pasteHint')}
          rows={6}
          value={text.value}
          testId="paste"
          onInput={(value) => {
            text.value = value;
            pastedAt.value = Date.now();
          }}
        />
        <div class="developer-fields">
          <SelectField
            label={t('developer_kind')}
            value={kind.value}
            options={[
              { value: AUTOMATIC, name: t('developer_kindAutomatic') },
              ...HEADERS.map((header) => ({ value: header, name: header })),
            ]}
            testId="kind"
            onChange={(value) => {
              kind.value = value;
            }}
          />
          <TextField
            label={t('developer_url')}
            code
            value={url.value}
            testId="url"
            onInput={(value) => {
              url.value = value;
            }}
          />
          <TextField
            label={t('developer_payer')}
            code
            value={payer.value}
            testId="payer"
            onInput={(value) => {
              payer.value = value;
            }}
          />
        </div>
        <div class="developer-buttons">
          <Button
            off={text.value === ''}
            onClick={() => {
              text.value = '';
            }}
          >
            {t('developer_clear')}
          </Button>
        </div>
      </div>
      <div role="status" class="unseen">
        {found.length > 0 && t('developer_found', { count: String(found.length) })}
      </div>
      {found.map((one, index) => {
        const context = {
          now: Math.max(now, pastedAt.value),
          arrivedAt: pastedAt.value,
          url: url.value.trim() || one.url,
          payer: payer.value.trim() || undefined,
        };
        const header = kind.value === AUTOMATIC ? one.header : kind.value;
        const explained =
          header === '402' ? explainResponse(one.value, context) : explain(header, one.value, context);
        return explained && <Found key={index} found={one} explained={explained} now={now} />;
      })}
    </Screen>
  );
}

interface FoundProps {
  readonly found: FoundHeader;
  readonly explained: Explained;
  readonly now: number;
}

function Found({ found, explained, now }: FoundProps) {
  return (
    <section class="developer-found" data-testid="found">
      <div class="developer-found-head">
        <h2>{explained.header}</h2>
        {found.url !== undefined && (
          <bdi dir="ltr" class="hint code">
            {found.url.slice(0, 200)}
          </bdi>
        )}
      </div>
      <Findings findings={found.notes} />
      <Explanation explained={explained} now={now} />
    </section>
  );
}
