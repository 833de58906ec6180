import type { ExplainedAnswer } from '../../protocol/explain/answer.ts';
import type { Encoding } from '../../protocol/explain/encoding.ts';
import type { Explained } from '../../protocol/explain/index.ts';
import type { ExplainedOffer } from '../../protocol/explain/offer.ts';
import type { ExplainedProof } from '../../protocol/explain/proof.ts';
import { mechanismName } from '../../ui/approval/mechanism.ts';
import { FullAccount } from '../../ui/components/Account.tsx';
import { t } from '../../ui/i18n.ts';
import { EntryCard } from './EntryCard.tsx';
import { Findings } from './Findings.tsx';
import { JsonTree } from './JsonTree.tsx';
import { Verdict } from './Verdict.tsx';
import './wire.css';

interface ExplanationProps {
  readonly explained: Explained;
  /** The moment that expiry is told against (ms). */
  readonly now: number;
}

/** What one of the three payment headers means, and what is wrong with it. */
export function Explanation({ explained, now }: ExplanationProps) {
  switch (explained.header) {
    case 'PAYMENT-REQUIRED':
      return <Offer explained={explained} now={now} />;
    case 'PAYMENT-SIGNATURE':
      return <Proof explained={explained} now={now} />;
    case 'PAYMENT-RESPONSE':
      return <Answer explained={explained} />;
  }
}

function Offer({ explained, now }: { readonly explained: ExplainedOffer; readonly now: number }) {
  const { code, rule, resource, error, entries, extensions } = explained;
  const payable = entries.filter((entry) => entry.payable).length;
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={payable > 0}
          label={
            code === null
              ? t('ui_wireOfCount', { payable: String(payable), total: String(entries.length) })
              : t('ui_wireUnreadable')
          }
          code={code}
          rule={rule}
        />
        <dl class="facts">
          {resource !== null && (
            <>
              <dt>{t('ui_wireResource')}</dt>
              <dd class="code">
                <bdi dir="ltr">{resource.url}</bdi>
              </dd>
            </>
          )}
          {resource?.description !== undefined && (
            <>
              <dt>{t('ui_wireDescription')}</dt>
              <dd>
                <bdi>{resource.description}</bdi>
              </dd>
            </>
          )}
          {error !== '' && (
            <>
              <dt>{t('ui_wireError')}</dt>
              <dd>
                <bdi>{error}</bdi>
              </dd>
            </>
          )}
          <EncodingFacts encoding={explained.encoding} />
        </dl>
        <Findings findings={explained.findings} />
        {extensions !== null && <JsonTree name={t('ui_wireExtensions')} value={extensions} open={0} />}
        <Decoded encoding={explained.encoding} />
      </section>
      {entries.map((entry) => (
        <EntryCard key={entry.index} entry={entry} now={now} />
      ))}
    </div>
  );
}

function Proof({ explained, now }: { readonly explained: ExplainedProof; readonly now: number }) {
  const { accepted, mechanism, hash, payer, message, findings } = explained;
  const wrong = findings.some(({ tone }) => tone === 'wrong');
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={!wrong}
          label={t(wrong ? 'ui_wireProofWrong' : 'ui_wireProofSound')}
          code={explained.code}
          rule={null}
        />
        <dl class="facts">
          {mechanism !== null && (
            <>
              <dt>{t('ui_wireMechanism')}</dt>
              <dd>
                <span class="code">{mechanism}</span> · {mechanismName(mechanism)}
              </dd>
            </>
          )}
          {hash !== null && (
            <>
              <dt>{t('ui_wireBlock')}</dt>
              <dd class="code" data-testid="wire-hash">
                {hash}
              </dd>
            </>
          )}
          {payer !== null && (
            <>
              <dt>{t('ui_wirePayer')}</dt>
              <dd>
                <FullAccount account={payer} />
              </dd>
            </>
          )}
          {message !== null && (
            <>
              <dt>{t('ui_wireSigned')}</dt>
              <dd>
                {t(SIGNED[message.kind])}
                <br />
                <bdi dir="ltr" class="code">
                  {message.text}
                </bdi>
              </dd>
            </>
          )}
          <EncodingFacts encoding={explained.encoding} />
        </dl>
        <Findings findings={findings} />
        <Decoded encoding={explained.encoding} />
      </section>
      {accepted !== null && <EntryCard entry={accepted} now={now} title={t('ui_wireAccepted')} />}
    </div>
  );
}

const SIGNED = {
  plain: 'ui_wireSignedPlain',
  noms: 'ui_wireSignedNoms',
  block: 'ui_wireSignedBlock',
} as const;

function Answer({ explained }: { readonly explained: ExplainedAnswer }) {
  const { receipt, shape } = explained;
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={receipt?.settled === true}
          label={t(settledWord(receipt?.settled))}
          code={explained.code}
          rule={null}
        />
        <dl class="facts">
          <dt>{t('ui_wireShape')}</dt>
          <dd data-testid="wire-shape">{t(SHAPES[shape])}</dd>
          {receipt !== null && receipt.text !== '' && (
            <>
              <dt>{t('ui_wireError')}</dt>
              <dd>
                <bdi>{receipt.text}</bdi>
              </dd>
            </>
          )}
          {receipt?.transaction !== undefined && (
            <>
              <dt>{t('ui_wireBlock')}</dt>
              <dd class="code">{receipt.transaction}</dd>
            </>
          )}
          {explained.network !== null && (
            <>
              <dt>{t('ui_wireNetwork')}</dt>
              <dd class="code">
                <bdi>{explained.network}</bdi>
              </dd>
            </>
          )}
          {explained.payer !== null && (
            <>
              <dt>{t('ui_wirePayer')}</dt>
              <dd class="code">
                <bdi>{explained.payer}</bdi>
              </dd>
            </>
          )}
          <EncodingFacts encoding={explained.encoding} />
        </dl>
        <Findings findings={explained.findings} />
        <Decoded encoding={explained.encoding} />
      </section>
    </div>
  );
}

const SHAPES = {
  settlement: 'ui_wireShapeSettlement',
  rev7: 'ui_wireShapeRev7',
  rev8: 'ui_wireShapeRev8',
  track: 'ui_wireShapeTrack',
  unknown: 'ui_wireShapeUnknown',
} as const;

function settledWord(settled: boolean | undefined) {
  if (settled === undefined) return 'ui_wireNeither';
  return settled ? 'ui_wireSettled' : 'ui_wireRefused';
}

const ALPHABETS = {
  standard: 'ui_wireStandard',
  urlSafe: 'ui_wireUrlSafe',
  either: 'ui_wireEither',
  neither: 'ui_wireNoBase64',
} as const;

const PADDINGS = {
  whole: 'ui_wirePadded',
  none: 'ui_wireUnpadded',
  unneeded: 'ui_wireNoPaddingDue',
  broken: 'ui_wireBrokenPadding',
} as const;

function EncodingFacts({ encoding }: { readonly encoding: Encoding }) {
  const { alphabet, padding, characters } = encoding;
  return (
    <>
      <dt>{t('ui_wireEncoding')}</dt>
      <dd data-testid="wire-encoding">
        {t(ALPHABETS[alphabet])}
        {alphabet !== 'neither' && `, ${t(PADDINGS[padding])}`} ·{' '}
        {t('ui_wireCharacters', { count: String(characters) })}
      </dd>
    </>
  );
}

/** What the base64 holds: the object as a tree; where it is none, its text. */
function Decoded({ encoding: { json, text } }: { readonly encoding: Encoding }) {
  if (json !== null) return <JsonTree name={t('ui_wireAsItCame')} value={json} open={0} />;
  if (text === null || text === '') return null;
  return (
    <figure class="wire-text">
      <figcaption class="hint">{t('ui_wireDecodedText')}</figcaption>
      <bdi dir="ltr" class="code">
        {text}
      </bdi>
    </figure>
  );
}
