import type { Encoding } from '../../protocol/explain/encoding.ts';
import { Fact } from '../../ui/components/Fact.tsx';
import { t, tCount } from '../../ui/i18n.ts';
import { JsonTree } from './JsonTree.tsx';

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

/** How a header is encoded. */
export function EncodingFacts({ encoding }: { readonly encoding: Encoding }) {
  const { alphabet, padding, characters } = encoding;
  return (
    <Fact name={t('ui_wireEncoding')} testId="wire-encoding">
      {t(ALPHABETS[alphabet])}
      {alphabet !== 'neither' && `, ${t(PADDINGS[padding])}`} · {tCount('ui_wireCharacters', characters)}
    </Fact>
  );
}

/** The decoded base64 of a header: an object as a tree, anything else as text. */
export function Decoded({ encoding: { json, text } }: { readonly encoding: Encoding }) {
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
