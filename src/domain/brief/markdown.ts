import type { Directness } from '../evidence/dossier.js';
import type { BecausePart } from '../experiments/definition.js';
import type { Brief } from './brief.js';

const PARTS: Readonly<Record<BecausePart, string>> = {
  context: 'Situation',
  who: 'Who',
  struggle: 'Struggle',
  change: 'Change',
  force: 'What drives them',
  expectedExperience: 'What they live through instead',
};

const DISPOSITIONS: Readonly<Record<string, string>> = {
  supports: '',
  contradicts: ' **contradicts**',
  qualifies: ' qualifies',
};

const NEARNESS: Readonly<Record<Directness, string>> = {
  observed: 'watched',
  first_hand_live: 'first-hand, live',
  first_hand_written: 'first-hand, written',
  hearsay: '**hearsay**',
  synthetic: '**made by a model**',
};

/** The brief as Markdown. Words of people are quoted; whatever they hold stays text. */
export function briefMarkdown(brief: Brief): string {
  const lines = [
    `# ${plain(brief.name)}`,
    '',
    `\`${brief.experimentKey}\`, ${brief.status}${brief.asOf === undefined ? '' : `, data until ${brief.asOf}`}`,
    ...brief.labels.map((label) => `\n> **${plain(label)}**`),
    ...why(brief),
    ...voices(brief),
    ...section(
      'What moved',
      brief.whatMoved.map(({ sentence }) => `- ${plain(sentence)}`),
      NOTHING,
    ),
    ...section(
      brief.profitCoverage === 'partial' ? 'What it earned (partial profit)' : 'What it earned',
      brief.whatItEarned.map(({ sentence }) => `- ${plain(sentence)}`),
      NOTHING,
    ),
    ...verdict(brief),
    ...section(
      'What we decided',
      brief.decision === undefined ? [] : [plain(brief.decision.sentence)],
      'Nothing yet.',
    ),
    ...section(
      'What we learned',
      brief.learned.map((sentence) => `- ${plain(sentence)}`),
      'Nothing yet.',
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const NOTHING = 'Nothing has been evaluated yet.';

function section(title: string, lines: readonly string[], otherwise: string): string[] {
  return ['', `## ${title}`, '', ...(lines.length === 0 ? [otherwise] : lines)];
}

function why({
  why: { insights, because, betterOff, worseOff, wrongIf, gateNotes },
}: Brief): string[] {
  const lines = [
    ...insights.map((statement) => `**${plain(statement)}**\n`),
    ...because.map(
      ({ part, text, assumption }) =>
        `- ${PARTS[part]}: ${plain(text)}${assumption ? ' *(assumed)*' : ''}`,
    ),
    ...(betterOff === undefined ? [] : [`- Better off: ${plain(betterOff)}`]),
    ...(worseOff === undefined ? [] : [`- May be worse off: ${plain(worseOff)}`]),
    ...(wrongIf === undefined ? [] : [`- We are wrong if: ${plain(wrongIf)}`]),
    ...gateNotes.map((note) => `- The gate noted: ${plain(note)}`),
  ];
  return section('Why we test', lines, 'No reason is needed for an A/A test.');
}

function voices({ whoSaidSo }: Brief): string[] {
  const lines = whoSaidSo.voices.flatMap((voice) => {
    const words =
      voice.words === null ? '*words erased at the person’s request*' : `“${plain(voice.words)}”`;
    const stance = DISPOSITIONS[voice.disposition] ?? ` ${voice.disposition}`;
    return [
      `> ${words}`,
      `> — ${plain(voice.pseudonym)}, ${voice.how}, ${NEARNESS[voice.directness]}, ` +
        `${voice.heardAt.slice(0, 10)}${stance}`,
      ...(voice.response === undefined ? [] : [`> Our answer: ${plain(voice.response)}`]),
      '',
    ];
  });
  return section('Who said so', lines, 'Nobody was cited.');
}

function verdict({ verdicts, winner }: Brief): string[] {
  const lines = verdicts.flatMap((judged) => [
    `- **${plain(judged.sentence)}**`,
    ...judged.reasons.map((sentence) => `  - ${plain(sentence)}`),
    ...judged.chain.map(
      ({ from, to, verdict: said }) => `  - ${from} → ${to}: ${said.replaceAll('_', ' ')}`,
    ),
  ]);
  if (winner !== undefined) lines.push(`\nWinner: \`${winner}\``);
  return section('Verdict', lines, NOTHING);
}

/** One line, with what Markdown and HTML would read as markup made harmless. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_[\]<>#|]/g, (mark) =>
      mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : `\\${mark}`,
    );
}
