import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { mechanismName } from '../../../ui/approval/mechanism.ts';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';

/** The setting of the order in which mechanisms are preferred. Each but the first can be moved up. */
export function MechanismPreference({ order }: { readonly order: readonly string[] }) {
  const action = useAction();
  const moveUp = (mechanism: string, index: number) => {
    const moved = order.filter((other) => other !== mechanism).toSpliced(index - 1, 0, mechanism);
    void action.run(() => request('settings.preference', { order: moved }));
  };
  return (
    <div class="setting">
      <p class="hint">{t('popup_preferenceHint')}</p>
      <ol class="site-list" data-testid="preference">
        {order.map((mechanism, index) => (
          <li key={mechanism} data-way={mechanism}>
            <span>
              {mechanismName(mechanism)} <span class="hint code">{mechanism}</span>
            </span>
            {index > 0 && (
              <button
                type="button"
                class="link"
                aria-label={t('popup_prefer', { mechanism: `${mechanismName(mechanism)}, ${mechanism}` })}
                onClick={() => moveUp(mechanism, index)}
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
