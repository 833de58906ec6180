import { useAction } from '../../../ui/action.ts';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { SiteName } from '../../../ui/components/SiteName.tsx';

interface SiteListProps {
  readonly title: string;
  /** Shown while the list is empty. */
  readonly emptyText: string;
  readonly sites: readonly string[];
  readonly button: string;
  /** The accessible name of a site's button, which names the site. */
  readonly buttonLabel: (site: string) => string;
  readonly onRemove: (site: string) => Promise<unknown>;
  readonly testId?: string;
}

/** A titled list of sites, each with a button that removes it. */
export function SiteList(props: SiteListProps) {
  const { title, emptyText, sites, button, buttonLabel, onRemove, testId } = props;
  const action = useAction();
  return (
    <div class="setting">
      <h3>{title}</h3>
      {sites.length === 0 ? (
        <p class="hint">{emptyText}</p>
      ) : (
        <ul class="site-list" data-testid={testId}>
          {sites.map((site) => (
            <li key={site}>
              <SiteName site={site} />
              <button
                type="button"
                class="link"
                aria-label={buttonLabel(site)}
                onClick={() => void action.run(() => onRemove(site))}
              >
                {button}
              </button>
            </li>
          ))}
        </ul>
      )}
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
