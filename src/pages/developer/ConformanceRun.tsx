import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Finding } from '../../conformance/probe.ts';
import { PROBES } from '../../conformance/probes/index.ts';
import { bySeverity, jsonOf, markdownOf, type Report, spentIn, summaryOf } from '../../conformance/report.ts';
import { ConformanceSuite, planOf } from '../../conformance/suite.ts';
import { request } from '../../messages/request.ts';
import { ZERO } from '../../nano/amount.ts';
import { systemClock } from '../../nano/clock.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { SelectField } from '../../ui/components/Choice.tsx';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { Switch, TextField } from '../../ui/components/Field.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { enoughXno, shortXno } from '../../ui/format.ts';
import { sentenceOf, t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { saveFile, today } from '../../ui/save-file.ts';
import { FindingRow } from './FindingRow.tsx';
import { purseMoney } from './purse-money.ts';
import type { Inspected } from './RawResponse.tsx';
import { sendByFetch } from './send.ts';

const ALL = 'all';

/** Runs the conformance probes against a server that the user declared as their own, and shows the report. */
export function ConformanceRun({ inspected }: { readonly inspected: Inspected }) {
  const { origin, host } = new URL(inspected.target.url);
  const servers = useQuery('tester.servers', {});
  const isOwn = servers.kind === 'given' && servers.value.includes(origin);
  return (
    <section class="card" data-testid="conformance">
      <h2>{t('developer_conformance')}</h2>
      {isOwn ? <Run inspected={inspected} /> : <Claim site={origin} host={host} />}
      {isOwn && (
        <Button look="quiet" onClick={() => void request('tester.claim', { site: origin, own: false })}>
          {t('developer_notMine')}
        </Button>
      )}
    </section>
  );
}

function Claim({ site, host }: { readonly site: string; readonly host: string }) {
  const typed = useSignal('');
  const action = useAction();
  return (
    <>
      <h3>{t('developer_mine', { host })}</h3>
      <TextField
        label={t('developer_mineLabel', { host })}
        hint={t('developer_mineHint')}
        code
        value={typed.value}
        testId="claim-host"
        onInput={(value) => {
          typed.value = value;
        }}
      />
      <Button
        off={typed.value.trim() !== host}
        busy={action.busy.value}
        testId="claim"
        onClick={() => void action.run(() => request('tester.claim', { site, own: true }))}
      >
        {t('developer_mineYes')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </>
  );
}

function Run({ inspected }: { readonly inspected: Inspected }) {
  const { target, network, inspection } = inspected;
  const failingUrl = useSignal('');
  const paid = useSignal(false);
  const only = useSignal<string>(ALL);
  const findings = useSignal<readonly Finding[]>([]);
  const ended = useSignal<{ readonly at: number; readonly stopped: boolean } | null>(null);
  const stop = useRef<AbortController | null>(null);
  const action = useAction();

  const probes = PROBES.filter(({ id }) => only.value === ALL || id === only.value);
  const plan = planOf(inspection, probes);
  const cost = paid.value ? plan.cost : ZERO;

  const run = () =>
    action.run(async () => {
      const stopper = new AbortController();
      stop.current = stopper;
      findings.value = [];
      ended.value = null;
      const { signal } = stopper;
      const url = failingUrl.value.trim();
      const asked = { ...target, failingUrl: url === '' ? null : url };
      const suite = new ConformanceSuite({ target: asked, network, send: sendByFetch, clock: systemClock });
      const money = paid.value ? await purseMoney(target.url, plan.cost, true) : null;
      try {
        for await (const finding of suite.run(plan, inspection, money, signal)) {
          findings.value = [...findings.value, finding];
        }
      } catch (failure) {
        if (!signal.aborted) throw failure;
      } finally {
        ended.value = { at: Date.now(), stopped: signal.aborted };
      }
    });

  const report: Report | null = ended.value && {
    url: target.url,
    method: target.method,
    findings: findings.value,
    ...ended.value,
  };
  return (
    <>
      <SelectField
        label={t('developer_only')}
        value={only.value}
        options={[
          { value: ALL, name: t('developer_onlyAll') },
          ...PROBES.map(({ id, title }) => ({
            value: id as string,
            name: t('developer_onlyOne', { id, title: t(title) }),
          })),
        ]}
        testId="only"
        onChange={(value) => {
          only.value = value;
        }}
      />
      <TextField
        label={t('developer_failingUrl')}
        code
        value={failingUrl.value}
        testId="failing-url"
        onInput={(value) => {
          failingUrl.value = value;
        }}
      />
      <Switch
        label={t('developer_withMoney')}
        hint={t('developer_costMost', { amount: enoughXno(String(plan.cost)) })}
        on={paid.value}
        testId="with-money"
        onChange={(on) => {
          paid.value = on;
        }}
      />
      <div class="columns">
        <Button look="primary" busy={action.busy.value} testId="run" onClick={() => void run()}>
          {cost === ZERO ? t('developer_run') : t('developer_runPaid', { amount: enoughXno(String(cost)) })}
        </Button>
        <Button
          off={!action.busy.value}
          testId="stop"
          onClick={() => stop.current?.abort(new DOMException('stopped', 'AbortError'))}
        >
          {t('developer_stop')}
        </Button>
      </div>
      <FaultLine fault={action.fault.value} />
      <p role="status" class="hint" data-testid="progress">
        {action.busy.value &&
          t('developer_progress', { done: String(findings.value.length), total: String(plan.steps.length) })}
        {report && (
          <>
            <strong data-testid="summary">{summaryOf(report.findings, sentenceOf)}</strong>{' '}
            {t('developer_spent', { amount: shortXno(String(spentIn(report.findings))) })}
            {report.stopped && ` ${t('developer_stopped')}`}
          </>
        )}
      </p>
      {bySeverity(findings.value).map((finding) => (
        <FindingRow key={`${finding.probe.id} ${finding.mechanism}`} finding={finding} />
      ))}
      {report && (
        <div class="columns">
          <CopyButton text={markdownOf(report, sentenceOf)} label={t('developer_copyMarkdown')} />
          <Button
            testId="save-markdown"
            onClick={() => saveFile(`402-${today()}.md`, 'text/markdown', [markdownOf(report, sentenceOf)])}
          >
            {t('developer_saveMarkdown')}
          </Button>
          <Button
            testId="save-json"
            onClick={() => saveFile(`402-${today()}.json`, 'application/json', [jsonOf(report, sentenceOf)])}
          >
            {t('developer_saveJson')}
          </Button>
        </div>
      )}
    </>
  );
}
