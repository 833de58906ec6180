import { useSignal } from '@preact/signals';
import type { HttpResponse } from '../../conformance/ports.ts';
import { ConformanceSuite } from '../../conformance/suite.ts';
import type { Target } from '../../conformance/target.ts';
import { systemClock } from '../../nano/clock.ts';
import { explain } from '../../protocol/explain/index.ts';
import type { ExplainContext } from '../../protocol/explain/offer.ts';
import { explainResponse, responseText } from '../../protocol/explain/response.ts';
import { readWebUrl } from '../../site.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { SelectField } from '../../ui/components/Choice.tsx';
import { TextArea, TextField } from '../../ui/components/Field.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { useNow } from '../../ui/now.ts';
import { Explanation } from '../wire/Explanation.tsx';
import { ConformanceRun } from './ConformanceRun.tsx';
import { PayAndFetch } from './PayAndFetch.tsx';
import { type Inspected, RawResponse, statusOf } from './RawResponse.tsx';
import { readHeaders, sendByFetch } from './send.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map((value) => ({ value, name: value }));

/** Requests a paid endpoint, pays it on a click, and checks its conformance. */
export function Tester() {
  const purse = useQuery('purse.state', {});
  const network = purse.kind === 'given' && purse.value.kind !== 'empty' ? purse.value.network.id : null;
  const method = useSignal('GET');
  const url = useSignal('');
  const headers = useSignal('');
  const body = useSignal('');
  const inspected = useSignal<Inspected | null>(null);
  const action = useAction();
  const isAddress = readWebUrl(url.value.trim()) !== undefined;
  const bodiless = method.value === 'GET' || method.value === 'HEAD';

  const inspect = () =>
    action.run(async () => {
      if (network === null) return;
      inspected.value = null;
      const target: Target = {
        method: method.value,
        url: new URL(url.value.trim()).href,
        headers: readHeaders(headers.value),
        body: bodiless || body.value === '' ? null : body.value,
        failingUrl: null,
      };
      const suite = new ConformanceSuite({ target, network, send: sendByFetch, clock: systemClock });
      const inspection = await suite.inspect(new AbortController().signal);
      inspected.value = { target, network, inspection, at: Date.now() };
    });

  return (
    <Screen title={t('developer_tester')}>
      <p class="lead">{t('developer_testerLead')}</p>
      <div class="card">
        <div class="developer-fields">
          <SelectField
            label={t('developer_method')}
            value={method.value}
            options={METHODS}
            testId="method"
            onChange={(value) => {
              method.value = value;
            }}
          />
          <TextField
            label={t('developer_target')}
            code
            value={url.value}
            testId="target"
            onInput={(value) => {
              url.value = value;
            }}
          />
        </div>
        <TextArea
          label={t('developer_headers')}
          hint={t('developer_headersHint')}
          rows={2}
          value={headers.value}
          testId="headers"
          onInput={(value) => {
            headers.value = value;
          }}
        />
        {!bodiless && (
          <TextArea
            label={t('developer_body')}
            rows={3}
            value={body.value}
            testId="body"
            onInput={(value) => {
              body.value = value;
            }}
          />
        )}
        <Button
          look="primary"
          off={!isAddress || network === null}
          busy={action.busy.value}
          testId="inspect"
          onClick={() => void inspect()}
        >
          {t('developer_inspect')}
        </Button>
        <FaultLine fault={action.fault.value} />
      </div>
      {inspected.value && <Result key={inspected.value.at} inspected={inspected.value} />}
    </Screen>
  );
}

function Result({ inspected }: { readonly inspected: Inspected }) {
  const { inspection, target, network, at } = inspected;
  const now = useNow(5_000).value;
  const { response, header } = inspection;
  if (response === null) return <Notice tone="bad">{t('developer_noAnswer')}</Notice>;
  const context = { now: Math.max(now, at), arrivedAt: at, url: target.url, network };
  const explained =
    header === null ? otherWay(response, context) : explain('PAYMENT-REQUIRED', header, context);
  return (
    <>
      <section class="developer-found" data-testid="inspection">
        <h2>{t('developer_answered', { status: statusOf(response) })}</h2>
        <RawResponse response={response} />
        {header === null && <Notice tone="warn">{t('developer_noOffer')}</Notice>}
        {explained && <Explanation explained={explained} now={context.now} />}
      </section>
      {header !== null && <PayAndFetch inspected={inspected} />}
      {header !== null && <ConformanceRun inspected={inspected} />}
    </>
  );
}

/** The way in which a 402 without PAYMENT-REQUIRED asks for money, where it is a known one. */
function otherWay({ status, headers, body }: HttpResponse, context: ExplainContext) {
  if (status !== 402) return undefined;
  const fields = Object.entries(headers).map(([name, value]) => ({ name, value }));
  return explainResponse(responseText({ headers: fields, bodyText: body }), context);
}
