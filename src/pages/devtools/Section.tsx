import type { ComponentChildren } from 'preact';

/** A titled part of an exchange's story. */
export function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="panel-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
