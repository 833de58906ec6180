import { ClockSkew } from '../../ui/components/ClockSkew.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { LongUrl } from '../../ui/components/LongUrl.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { PrivateWindow } from '../../ui/components/PrivateWindow.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { sentenceOf, t, tCount } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { ago } from '../../ui/time.ts';
import { go } from './route.ts';

/** The offers that were not paid, each with its reason. */
export function Log() {
  const log = useQuery('log.list', {});
  return (
    <Screen title={t('popup_logTitle')} onBack={() => go({ name: 'settings' })}>
      <p class="hint">{t('popup_logText')}</p>
      {log.kind === 'waiting' && <Loading />}
      {log.kind === 'failed' && <FaultLine fault={log.fault} />}
      {log.kind === 'given' && log.value.length === 0 && <p class="hint">{t('popup_logNone')}</p>}
      {log.kind === 'given' && (
        <ul class="log">
          {log.value.map((line, index) => (
            <li key={`${line.at} ${index}`} data-testid="log-line" data-key={line.key}>
              <div class="section-head">
                {line.site === null ? <PrivateWindow /> : <SiteName site={line.site} />}
                <time class="hint" dateTime={new Date(line.at).toISOString()}>
                  {ago(line.at, Date.now())}
                </time>
              </div>
              <p>{sentenceOf(line)}</p>
              {line.times !== undefined && <p class="hint">{tCount('popup_logTimes', line.times)}</p>}
              {line.clockSkew !== undefined && (
                <p class="hint">
                  <ClockSkew ms={line.clockSkew} />
                </p>
              )}
              {line.link !== undefined && (
                <p>
                  <a class="link" href={line.link} target="_blank" rel="noreferrer" data-testid="pay-by-hand">
                    {t('popup_logPayByHand')}
                  </a>
                </p>
              )}
              {line.url !== null && (
                <p class="hint">
                  <LongUrl url={line.url} />
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Screen>
  );
}
