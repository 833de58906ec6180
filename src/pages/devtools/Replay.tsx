import { useSignal } from '@preact/signals';
import type { ExchangeStory, ReplayView } from '../../messages/exchange.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';

/** A button that sends the same proof to its server again and shows the response. Nothing is paid. */
export function Replay({ id }: Pick<ExchangeStory, 'id'>) {
  const action = useAction();
  const answer = useSignal<ReplayView | null>(null);
  const replay = () =>
    action.run(async () => {
      answer.value = await request('exchange.replay', { id });
    });
  return (
    <>
      <Button busy={action.busy.value} testId="replay" onClick={() => void replay()}>
        {t('devtools_replay')}
      </Button>
      <FaultLine fault={action.fault.value} />
      <div role="status" class="live panel-replay">
        {answer.value !== null && <Replayed answer={answer.value} />}
      </div>
    </>
  );
}

function Replayed({ answer }: { readonly answer: ReplayView }) {
  if (answer.kind === 'unanswered') return <p data-testid="replayed">{t('devtools_noAnswer')}</p>;
  return (
    <>
      <p data-testid="replayed" data-status={answer.status}>
        {t('devtools_replayed', { status: String(answer.status), duration: String(answer.took) })}
      </p>
      {answer.body !== '' && (
        <pre class="code panel-body">
          <bdi>{answer.body.slice(0, 4_000)}</bdi>
        </pre>
      )}
    </>
  );
}
