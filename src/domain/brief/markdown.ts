import type { Brief } from './brief.js';
import { briefPage } from './brief-page.js';
import type { Block, PageQuote, PageSection, PageTable } from './page.js';

/** The brief as Markdown. Words of people are quoted; whatever they hold stays text. */
export function briefMarkdown(brief: Brief): string {
  const { title, key, about, labels, sections } = briefPage(brief);
  const lines = [
    `# ${plain(title)}`,
    '',
    `\`${key}\`, ${about}`,
    ...labels.map((label) => `\n> **${plain(label)}**`),
    ...sections.flatMap(section),
  ];
  return `${lines.join('\n')}\n`;
}

function section({ title, blocks, otherwise }: PageSection): string[] {
  const lines = blocks.length === 0 ? [otherwise ?? ''] : blocks.flatMap(printed);
  return ['', `## ${title}`, '', ...lines];
}

/** A chart says nothing that its table does not. */
function printed(block: Block, index: number): string[] {
  const gap = index === 0 ? [] : [''];
  switch (block.kind) {
    case 'text':
      return [...gap, block.strong === true ? `**${plain(block.text)}**` : plain(block.text)];
    case 'list':
      return [
        ...gap,
        ...block.items.flatMap(({ text, strong, items = [] }) => [
          strong === true ? `- **${plain(text)}**` : `- ${plain(text)}`,
          ...items.map((item) => `  - ${plain(item)}`),
        ]),
      ];
    case 'quotes':
      return [...gap, ...block.quotes.flatMap(quote)];
    case 'table':
      return [...gap, ...table(block.table)];
    case 'charts':
      return [];
  }
}

function quote(voice: PageQuote): string[] {
  const { words, pseudonym, how, nearness, isDoubtful, day, stance, contradicts, response } = voice;
  const said = words === null ? '*words erased at the person’s request*' : `“${plain(words)}”`;
  const strong = (text: string, is: boolean) => (is ? `**${plain(text)}**` : plain(text));
  const does = stance === undefined ? '' : ` ${strong(stance, contradicts)}`;
  return [
    `> ${said}`,
    `> — ${plain(pseudonym)}, ${plain(how)}, ${strong(nearness, isDoubtful)}, ${day}${does}`,
    ...(response === undefined ? [] : [`> Our answer: ${plain(response)}`]),
    '',
  ];
}

function table({ caption, head, rows, numbersFrom }: PageTable): string[] {
  const row = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  const right = numbersFrom ?? head.length;
  return [
    `${plain(caption)}:`,
    '',
    row(head),
    `| ${head.map((_, index) => (index >= right ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(row),
  ];
}

/** One line, with what Markdown and HTML would read as markup made harmless. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_[\]<>#|&]/g, (mark) =>
      mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : mark === '&' ? '&amp;' : `\\${mark}`,
    );
}
