import type { ComponentChildren } from 'preact';
import './choice-card.css';

interface ChoiceCardProps {
  /** The name of the radio group. */
  readonly group: string;
  readonly title: string;
  readonly checked: boolean;
  readonly testId: string;
  readonly onChoose: () => void;
  readonly children: ComponentChildren;
}

/** A card with a radio button. */
export function ChoiceCard({ group, title, checked, testId, onChoose, children }: ChoiceCardProps) {
  return (
    <label class="choice-card">
      <input type="radio" name={group} checked={checked} data-testid={testId} onChange={onChoose} />
      <span class="choice-card-words">
        <span class="choice-card-title">{title}</span>
        {children}
      </span>
    </label>
  );
}

/** A group of choice cards under a question. */
export function ChoiceCards({
  legend,
  children,
}: {
  readonly legend: string;
  readonly children: ComponentChildren;
}) {
  return (
    <fieldset class="choice-cards">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}
