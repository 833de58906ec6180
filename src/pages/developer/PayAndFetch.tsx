import { useSignal } from '@preact/signals';
import type { HttpResponse } from '../../conformance/ports.ts';
import { ProbeRun } from '../../conformance/probe-run.ts';
import { GENTLE_PACE, Wire } from '../../conformance/wire.ts';
import { Fault } from '../../fault.ts';
import { systemClock } from '../../nano/clock.ts';
import { EXPIRY_MARGIN } from '../../policy/expiry-margins.ts';
import { explain } from '../../protocol/explain/index.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { shortXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { useNow } from '../../ui/now.ts';
import { Explanation } from '../wire/Explanation.tsx';
import { purseMoney } from './purse-money.ts';
import { type Inspected, RawResponse, statusOf } from './RawResponse.tsx';
import { sendByFetch } from './send.ts';

/** Pays the best offer of a response on a click, and sends the request again with the proof. */
export function PayAndFetch({ inspected }: { readonly inspected: Inspected }) {
  const { target, network, inspection } = inspected;
  const [offer] = inspection.offers;
  const answer = useSignal<HttpResponse | null>(null);
  const action = useAction();
  const now = useNow(1_000).value;
  if (offer === undefined) return null;

  const pay = () =>
    action.run(async () => {
      const { signal } = new AbortController();
      const clock = systemClock;
      if (isTooLate(offer, clock.now())) throw new Fault('fault_offerExpired');
      const { origin } = new URL(target.url);
      const wire = new Wire({ send: sendByFetch, clock, origin, pace: GENTLE_PACE });
      const money = await purseMoney(target.url, offer.amount, false);
      const probeRun = new ProbeRun({
        target,
        network,
        inspection,
        wire,
        money,
        limit: offer.amount,
        clock,
        signal,
        earlier: [],
      });
      const { proof } = await probeRun.pays(offer);
      const { received } = await probeRun.present(proof);
      answer.value = received;
      const isGranted = received !== null && received.status >= 200 && received.status < 300;
      // Leaves the block to the server when it delivered; recalls it when it did not.
      if (!isGranted) await probeRun.recallAll();
    });

  const response = answer.value;
  const receipt = response?.headers['payment-response'];
  return (
    <section class="card" data-testid="pay-and-fetch">
      <Button
        off={response !== null || isTooLate(offer, now)}
        busy={action.busy.value}
        testId="pay"
        onClick={() => void pay()}
      >
        {t('developer_payAndFetch', { amount: shortXno(String(offer.amount)) })}
      </Button>
      <FaultLine fault={action.fault.value} />
      {response && (
        <div class="developer-found" data-testid="paid-answer" data-status={response.status}>
          <h2>{t('developer_paidAnswer')}</h2>
          <p>{t('developer_answered', { status: statusOf(response) })}</p>
          <RawResponse response={response} />
          {receipt !== undefined && (
            <Explanation
              explained={explain('PAYMENT-RESPONSE', receipt, { now: Date.now() })}
              now={Date.now()}
            />
          )}
        </div>
      )}
    </section>
  );
}

/** Tells whether an offer expires too soon to be paid: it must be requested again. */
const isTooLate = ({ expiresAt }: Offer, now: number) => expiresAt - now < EXPIRY_MARGIN;
