import type { ComponentChildren, RefObject } from 'preact';
import { Icon, type IconName } from './Icon.tsx';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: (event: MouseEvent) => void;
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** Submits the form that the button is in. */
  readonly submit?: boolean;
  /** Disables the button but keeps it focusable, so that keyboard users keep their position. */
  readonly off?: boolean;
  readonly busy?: boolean;
  readonly describedBy?: string | undefined;
  readonly expanded?: boolean;
  readonly testId?: string | undefined;
  readonly buttonRef?: RefObject<HTMLButtonElement | null>;
}

/** A button with a text. */
export function Button(props: ButtonProps) {
  const { look = 'plain', off = false, busy = false } = props;
  const idle = off || busy;
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      ref={props.buttonRef ?? null}
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

/** A button with an icon only. Its label is the accessible name and the tooltip. */
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
