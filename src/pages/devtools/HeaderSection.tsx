import type { ExchangeStory } from '../../messages/exchange.ts';
import { explain } from '../../protocol/explain/index.ts';
import type { HeaderName } from '../../protocol/explain/paste/header-names.ts';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { t } from '../../ui/i18n.ts';
import { Explanation } from '../wire/Explanation.tsx';
import { Section } from './Section.tsx';

interface HeaderSectionProps {
  readonly header: HeaderName;
  readonly value: string;
  readonly story: ExchangeStory;
  /** When the header arrived (ms). Its meaning is judged at that time. */
  readonly at?: number;
}

/** A payment header, explained and verbatim. */
export function HeaderSection({ header, value, story, at = story.at }: HeaderSectionProps) {
  const { url, network } = story;
  const explained = explain(header, value, { now: at, arrivedAt: at, url, network });
  return (
    <Section title={header}>
      <Explanation explained={explained} now={Date.now()} />
      <details class="panel-raw">
        <summary>{t('devtools_raw')}</summary>
        <bdi dir="ltr" class="code" data-testid="raw" data-header={header}>
          {value}
        </bdi>
        <CopyButton text={value} label={t('devtools_copy')} />
      </details>
    </Section>
  );
}
