import type { PlainMessageKey } from '../../fault.ts';
import type { Finding } from '../../protocol/explain/finding.ts';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { sentenceOf, t } from '../../ui/i18n.ts';
import './wire.css';

const ICONS: Readonly<Record<Finding['tone'], IconName>> = {
  wrong: 'cross',
  warn: 'warning',
  note: 'info',
  right: 'check',
};

const NAMES: Readonly<Record<Finding['tone'], PlainMessageKey>> = {
  wrong: 'ui_wireWrong',
  warn: 'ui_wireWarn',
  note: 'ui_wireNote',
  right: 'ui_wireRight',
};

const ORDER: readonly Finding['tone'][] = ['wrong', 'warn', 'right', 'note'];

/** The findings about a header, errors first. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  const sorted = ORDER.flatMap((tone) => findings.filter((one) => one.tone === tone));
  return (
    <ul class="findings">
      {sorted.map(({ tone, key, args }) => (
        <li key={[key, ...args].join(' ')} class={`finding finding-${tone}`} data-finding={key}>
          <Icon name={ICONS[tone]} />
          <span>
            <span class="unseen">{t(NAMES[tone])}: </span>
            <bdi>{sentenceOf({ key, args })}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}
