import { readFileSync } from 'node:fs';
import { page } from './layout.ts';

const SCRIPT = readFileSync(new URL('./every-way.js', import.meta.url), 'utf8');

const WAYS = ['fetch', 'xhr', 'img', 'iframe', 'post'] as const;

/** A free page that asks for the paid routes in every way a page can; `every-way.js` says how to steer it. */
export function everyWay(): string {
  const sections = WAYS.map(
    (way) =>
      `<section id="${way}-results"><p><button type="button" id="do-${way}">${way}</button></p></section>`,
  );
  return page(
    'Every way to ask',
    `<h1>Every way to ask</h1>
${sections.join('\n')}
<section>
<form id="form" method="post" action="/api/echo"><input name="word" value="hello"> <button id="do-form">form</button></form>
</section>
<script type="module">
${SCRIPT}</script>`,
  );
}
