import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { mechanismName } from '../../ui/approval/mechanism.ts';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';

/** Every way to pay in the order in which they are used; each can be moved up. */
export function Preference({ order }: { readonly order: readonly string[] }) {
  const action = useAction();
  const moveUp = (way: string, place: number) => {
    const moved = order.filter((other) => other !== way).toSpliced(place - 1, 0, way);
    void action.run(() => request('settings.preference', { order: moved }));
  };
  return (
    <div class="setting">
      <p class="hint">{t('popup_preferenceHint')}</p>
      <ol class="site-list" data-testid="preference">
        {order.map((way, place) => (
          <li key={way} data-way={way}>
            <span>
              {mechanismName(way)} <span class="hint code">{way}</span>
            </span>
            {place > 0 && (
              <button
                type="button"
                class="link"
                aria-label={t('popup_prefer', { mechanism: `${mechanismName(way)}, ${way}` })}
                onClick={() => moveUp(way, place)}
              >
                {t('popup_preferUp')}
              </button>
            )}
          </li>
        ))}
      </ol>
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
