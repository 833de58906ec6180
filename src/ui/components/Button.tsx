import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon.tsx';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: (event: MouseEvent) => void;
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** In a form, the button that sends it. */
  readonly submit?: boolean;
  /** Not to be used now; it stays in the order of keys, so that nobody loses their place. */
  readonly off?: boolean;
  readonly busy?: boolean;
  readonly describedBy?: string | undefined;
  readonly expanded?: boolean;
  readonly testId?: string | undefined;
}

/** A button with words on it. */
export function Button(props: ButtonProps) {
  const { look = 'plain', off = false, busy = false } = props;
  const idle = off || busy;
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      class={`button button-${look}`}
      aria-disabled={idle ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      aria-describedby={props.describedBy}
      aria-expanded={props.expanded}
      data-testid={props.testId}
      onClick={(event) => {
        if (idle) event.preventDefault();
        else props.onClick?.(event);
      }}
    >
      {props.icon && <Icon name={props.icon} />}
      <span>{props.children}</span>
    </button>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly pressed?: boolean;
  readonly testId?: string;
}

/** A button with a drawing on it; its name is for those who do not see it, and for the pointer that rests. */
export function IconButton({ icon, label, onClick, pressed, testId }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      data-testid={testId}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
