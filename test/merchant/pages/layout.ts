/** What every paid page says once it is paid, and never before. */
export const PAID_MARKER = 'The gate is open.';

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --paper: #fbfaf7; --quiet: #667085; --line: #d9d6cc; --accent: #2f6fed; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e0; --paper: #15181d; --quiet: #98a2b3; --line: #333a45; --accent: #8ab4ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 18px/1.65 Charter, Georgia, serif; }
main { max-width: 38rem; margin: 0 auto; padding: 4rem 1.5rem; }
h1 { font-size: 2.2rem; line-height: 1.15; margin: 0 0 0.5rem; text-wrap: balance; }
.byline, footer, table { color: var(--quiet); font: 0.85rem/1.5 system-ui, sans-serif; }
.gate { margin: 2.5rem 0; padding: 1.25rem 1.5rem; border: 1px solid var(--line); border-radius: 12px;
  font: 0.95rem/1.5 system-ui, sans-serif; }
.gate strong { color: var(--accent); font-variant-numeric: tabular-nums; }
.fades { -webkit-mask: linear-gradient(#000, transparent); mask: linear-gradient(#000, transparent); }
a { color: var(--accent); }
button { font: inherit; padding: 0.3rem 0.8rem; }
output { display: block; font: 0.85rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
td { padding: 0.2rem 1rem 0.2rem 0; vertical-align: top; }
`;

/** Text as HTML text or as an attribute's value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole document. `main` is HTML, and so is what is added to the head. */
export function page(title: string, main: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">${head}
<style>${STYLE}</style>
<main>
${main}
</main>
</html>
`;
}
