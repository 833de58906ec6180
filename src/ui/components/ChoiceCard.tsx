import type { ComponentChildren } from 'preact';
import './choice-card.css';

interface ChoiceCardProps {
  /** The cards of one group exclude each other. */
  readonly group: string;
  readonly title: string;
  readonly checked: boolean;
  readonly testId: string;
  readonly onChoose: () => void;
  readonly children: ComponentChildren;
}

/** One of a few, as a card with a radio button. */
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

/** The cards of one group, under their question. */
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
