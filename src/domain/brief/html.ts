import type { Brief } from './brief.js';
import { briefPage } from './brief-page.js';
import { BRIEF_STYLE } from './html-style.js';
import { htmlText as text } from './html-text.js';
import type { Block, Item, PageQuote, PageSection, PageTable, WaterfallChart } from './page.js';
import { waterfallScale, waterfallSvg } from './waterfall-svg.js';

/** What the page may do: style itself, and nothing else. */
export const BRIEF_CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; " +
  "base-uri 'none'; form-action 'none'";

/** The brief as one page that loads nothing and runs nothing. Every text in it stays text. */
export function briefHtml(brief: Brief): string {
  const { title, key, about, labels, sections } = briefPage(brief);
  const marks = labels.map((label) => `<li>${text(label)}</li>`).join('');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${text(title)} (${text(key)})</title>`,
    `<style>${BRIEF_STYLE}</style>`,
    '</head>',
    '<body>',
    '<header>',
    `<h1>${text(title)}</h1>`,
    `<p class="about"><code>${text(key)}</code>, ${text(about)}</p>`,
    ...(marks === '' ? [] : [`<ul class="labels">${marks}</ul>`]),
    '</header>',
    '<main>',
    ...sections.map(section),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function section({ title, blocks, otherwise, beside = [] }: PageSection, index: number): string {
  const id = `s${index + 1}`;
  const own =
    blocks.length === 0 ? `<p>${text(otherwise ?? '')}</p>` : blocks.map(block).join('\n');
  const body =
    beside.length === 0
      ? own
      : `<div class="pair"><div>${own}</div><aside aria-labelledby="${id}v">` +
        `<h3 id="${id}v">In their words</h3>${beside.map(quote).join('')}</aside></div>`;
  return `<section aria-labelledby="${id}"><h2 id="${id}">${text(title)}</h2>\n${body}\n</section>`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'text':
      return `<p>${one.strong === true ? strong(one.text) : text(one.text)}</p>`;
    case 'list':
      return `<ul>${one.items.map(item).join('')}</ul>`;
    case 'quotes':
      return one.quotes.map(quote).join('\n');
    case 'table':
      return table(one.table);
    case 'charts':
      return charts(one.charts);
  }
}

function item({ text: words, strong: isStrong, items = [] }: Item): string {
  const inner =
    items.length === 0 ? '' : `<ul>${items.map((one) => `<li>${text(one)}</li>`).join('')}</ul>`;
  return `<li>${isStrong === true ? strong(words) : text(words)}${inner}</li>`;
}

function strong(words: string): string {
  return `<strong>${text(words)}</strong>`;
}

/** The language of the words is not known, and neither is which way they run. */
function quote(voice: PageQuote): string {
  const { words, pseudonym, how, nearness, isDoubtful, day, stance, contradicts, response } = voice;
  const said =
    words === null
      ? '<p><em>words erased at the person’s request</em></p>'
      : `<blockquote lang="" dir="auto">“${text(words)}”</blockquote>`;
  const near = isDoubtful ? strong(nearness) : text(nearness);
  const does = stance === undefined ? '' : `, ${contradicts ? strong(stance) : text(stance)}`;
  const answer = response === undefined ? '' : `<br>Our answer: ${text(response)}`;
  return (
    `<figure class="quote${contradicts ? ' against' : ''}">${said}` +
    `<figcaption>${text(pseudonym)}, ${text(how)}, ${near}, ${text(day)}${does}${answer}</figcaption></figure>`
  );
}

function table({ caption, head, rows, numbersFrom }: PageTable): string {
  const right = numbersFrom ?? head.length;
  const mark = (index: number) => (index >= right ? ' class="number"' : '');
  const heads = head.map((cell, index) =>
    cell === '' ? '<td></td>' : `<th scope="col"${mark(index)}>${text(cell)}</th>`,
  );
  const body = rows.map(([first = '', ...cells]) => {
    const rest = cells.map((cell, index) => `<td${mark(index + 1)}>${text(cell)}</td>`).join('');
    return `<tr><th scope="row">${text(first)}</th>${rest}</tr>`;
  });
  // A wide table scrolls in its own box, which the keyboard reaches.
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="${text(caption)}"><table>` +
    `<caption>${text(caption)}</caption><thead><tr>${heads.join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div>`
  );
}

function charts(all: readonly WaterfallChart[]): string {
  const scale = waterfallScale(all);
  const figures = all.map(
    (chart) =>
      `<figure><figcaption>${text(chart.title)}</figcaption>${waterfallSvg(chart, scale)}</figure>`,
  );
  return `<div class="charts">${figures.join('')}</div>`;
}
