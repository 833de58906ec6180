import { Icon, type IconName } from '../../ui/components/Icon.tsx';

interface WayCardProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly testId: string;
  readonly onClick: () => void;
}

/** A large button for one way to get a purse. */
export function WayCard({ icon, title, text, testId, onClick }: WayCardProps) {
  return (
    <button type="button" class="way" data-testid={testId} onClick={onClick}>
      <Icon name={icon} />
      <span class="way-title">{title}</span>
      <span class="hint">{text}</span>
    </button>
  );
}
