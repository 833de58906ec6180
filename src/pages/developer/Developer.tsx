import { Icon } from '../../ui/components/Icon.tsx';
import { Mark } from '../../ui/components/Mark.tsx';
import { NetworkBanner } from '../../ui/components/NetworkBanner.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { TOOLS, tool } from './tools.ts';

/** The developer page. It shows one tool at a time, which the URL fragment names. */
export function Developer() {
  const purse = useQuery('purse.state', {});
  const network = purse.kind === 'given' && purse.value.kind !== 'empty' ? purse.value.network : null;
  const { name, Screen } = tool.value;
  return (
    <>
      <header class="developer-head">
        {network && <NetworkBanner network={network} />}
        <div class="developer-brand">
          <Mark />
          <span class="bar-name">{t('developer_title')}</span>
        </div>
        <nav class="developer-tools" aria-label={t('developer_tools')}>
          {TOOLS.map(({ name: one, label, icon }) => (
            <a
              key={one}
              href={`#${one}`}
              aria-current={one === name ? 'page' : undefined}
              data-testid={`tool-${one}`}
            >
              <Icon name={icon} />
              <span>{t(label)}</span>
            </a>
          ))}
        </nav>
      </header>
      <Screen key={name} />
    </>
  );
}
