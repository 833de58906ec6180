import type { ComponentChildren } from 'preact';

interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
  /** Uses the monospaced font for the value. */
  readonly code?: boolean;
  readonly testId?: string;
}

/** A name and its value, in a list of facts. */
export function Fact({ name, children, code = false, testId }: FactProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd class={code ? 'code' : undefined} data-testid={testId}>
        {children}
      </dd>
    </>
  );
}
