import { addRaw, type Raw } from '../../nano/amount.ts';
import { isHandOver } from '../../protocol/mechanisms/index.ts';
import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { decodeEnvelope } from '../../protocol/wire/envelope.ts';
import { isObject, type JsonObject, own } from '../../protocol/wire/json.ts';
import { alterationsOf, EVERY, PAY_FIRST, WITH_ID } from '../alterations.ts';
import { mustRefuse, worst } from '../judgement.ts';
import { mostFor, ONE_RAW } from '../price.ts';
import { fail, type OfferProbe, type Verdict } from '../probe.ts';
import type { ProbeRun } from '../probe-run.ts';
import { altered, blockOfStranger, proofOf, randomHex, stranger } from '../proofs.ts';
import { rejectsThenAccepts } from '../rejects-then-accepts.ts';
import { sentence } from '../sentence.ts';
import { bogusProof } from './malformed.ts';
import { MAGIC_DEPOSIT, withParameter } from './offers.ts';

export const selfMade: OfferProbe = {
  of: 'offer',
  id: 'T8',
  title: 'probe_T8_title',
  rule: 'probe_T8_rule',
  source: 'x402.NanoSession Rev 5, 1.2, and its AGENTS notes',
  severity: 'critical',
  mechanisms: WITH_ID,
  // One raw for each way in: somebody else's payment would do too, and would be theft.
  cost: () => addRaw(ONE_RAW, ONE_RAW),
  async run(probeRun, offer) {
    const verdicts = [await claimed(probeRun, offer, 'header')];
    if (probeRun.target.method === 'GET') verdicts.push(await claimed(probeRun, offer, 'body'));
    return worst(verdicts);
  },
};

async function claimed(probeRun: ProbeRun, offer: EntryOffer, by: 'header' | 'body'): Promise<Verdict> {
  const { id: ids } = alterationsOf(offer);
  if (ids === null) throw new RangeError('an offer without an id');
  const id = randomHex(ids.bytes);
  const accepted = withAmount(offer, ids.with(offer.accepted, id), ONE_RAW);
  const hash = await probeRun.pay({ to: offer.payTo, amount: ONE_RAW });
  const own = { ...offer, accepted, oncePer: id } as EntryOffer;
  const exchange = await probeRun.present(await probeRun.proof(own, hash), { by });
  return mustRefuse(exchange, sentence(by === 'header' ? 'probe_T8_header' : 'probe_T8_post'));
}

export const believed: OfferProbe = {
  of: 'offer',
  id: 'T9',
  title: 'probe_T9_title',
  rule: 'probe_T9_rule',
  source: 'x402 v2, PaymentPayload.accepted; x402.NanoSession Rev 7, 4.2',
  severity: 'critical',
  mechanisms: PAY_FIRST,
  cost: () => ONE_RAW,
  async run(probeRun, offer) {
    const cheap = await probeRun.freshOffer(offer.mechanism);
    const paid = await probeRun.proof(cheap, await probeRun.pay({ to: cheap.payTo, amount: ONE_RAW }));
    const bargain = altered(paid, { accepted: (entry) => withAmount(cheap, entry, ONE_RAW) });
    const amount = mustRefuse(await probeRun.present(bargain), sentence('probe_T9_amount'));
    if (amount.kind === 'fail') return amount;

    const mine = await probeRun.freshOffer(offer.mechanism);
    const kept = await probeRun.proof(
      mine,
      await probeRun.pay({ to: probeRun.account, amount: mine.amount }),
    );
    const diverted = altered(kept, { accepted: (entry) => withPayee(mine, entry, probeRun.account) });
    const payee = mustRefuse(await probeRun.present(diverted), sentence('probe_T9_payTo'));
    return worst([amount, payee]);
  },
};

/** An entry with another amount in every place that states it. */
function withAmount(offer: EntryOffer, entry: JsonObject, raw: Raw): JsonObject {
  const amount = raw.toString();
  return alterationsOf(offer).withAmount({ ...entry, amount }, amount);
}

/** An entry with another payee in every place that states it. */
const withPayee = (offer: EntryOffer, entry: JsonObject, payTo: string): JsonObject =>
  alterationsOf(offer).withPayee({ ...entry, payTo }, payTo);

export const network: OfferProbe = {
  of: 'offer',
  id: 'T11',
  title: 'probe_T11_title',
  rule: 'probe_T11_rule',
  source: 'x402.Nano Track A and B (MUST); x402 v2, matching',
  severity: 'note',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { proof } = await probeRun.pays(offer);
    const other = offer.network === 'nano:mainnet' ? 'nano:beta' : 'nano:mainnet';
    const foreign = altered(proof, { accepted: (entry) => ({ ...entry, network: other }) });
    return rejectsThenAccepts(probeRun, proof, [
      [sentence('probe_T11_network', { network: other }), foreign],
    ]);
  },
};

export const chosenPayee: OfferProbe = {
  of: 'offer',
  id: 'T14',
  title: 'probe_T14_title',
  rule: 'probe_T14_rule',
  source: 'Demo server of x402.Nano: ?deposit= becomes payTo, and one deposit skips all checks',
  severity: 'critical',
  mechanisms: EVERY,
  cost: () => null,
  async run(probeRun, { mechanism, payTo }) {
    const mine = stranger().account;
    for (const deposit of [mine, MAGIC_DEPOSIT]) {
      if (deposit === payTo) continue;
      const url = withParameter(probeRun.target.url, 'deposit', deposit);
      const asked = await probeRun.ask({ url });
      if (entriesPay(asked.received?.headers['payment-required'], deposit)) {
        return fail(sentence('probe_T14_payTo'));
      }
    }
    const url = withParameter(probeRun.target.url, 'deposit', MAGIC_DEPOSIT);
    const offer = await probeRun.freshOffer(mechanism, { url });
    const magic = altered(await unpaidProof(offer), {
      accepted: (entry) => withPayee(offer, entry, MAGIC_DEPOSIT),
    });
    const exchange = await probeRun.present(magic, { url });
    return mustRefuse(exchange, sentence('probe_T14_madeUp'));
  },
};

/** A well-formed proof of an offer that was not paid. */
function unpaidProof(offer: EntryOffer): Promise<string> {
  if (!isHandOver(offer)) return bogusProof(offer);
  const { block, signer } = blockOfStranger(offer.payTo);
  return proofOf(offer, block, signer);
}

function entriesPay(header: string | undefined, account: string): boolean {
  if (header === undefined) return false;
  const decoded = decodeEnvelope(header);
  return (
    decoded.ok && decoded.envelope.accepts.some((entry) => isObject(entry) && own(entry, 'payTo') === account)
  );
}
