import type { BecausePart } from '../experiments/definition.js';
import type { ProfitClaim } from '../rereads/reread.js';
import { wholeInWords } from '../text/amount-in-words.js';
import { profitWord } from '../verdict/reasons.js';
import { moneyInWords } from '../text/money-in-words.js';
import type { Brief, BriefMoney, BriefVoice } from './brief.js';
import { decidersOf } from './brief-decisions.js';
import { type Block, type Item, type Page, type PageSection, quoteOf } from './page.js';

const PARTS: Readonly<Record<BecausePart, string>> = {
  context: 'Situation',
  who: 'Who',
  struggle: 'Struggle',
  change: 'Change',
  force: 'What drives them',
  expectedExperience: 'What they live through instead',
};

const NOTHING = 'Nothing has been evaluated yet.';
/** So many voices stand beside a number; all of them have their own section. */
const BESIDE_MAX = 2;

export function briefPage(brief: Brief): Page {
  const { name, experimentKey, status, asOf, labels, kind } = brief;
  const sections = kind === 'aa' ? healthSections(brief) : testSections(brief);
  return {
    title: name,
    key: experimentKey,
    about: `${status}${asOf === undefined ? '' : `, data until ${minuteOf(asOf)}`}`,
    labels,
    sections: sections.filter(
      ({ blocks, otherwise }) => blocks.length > 0 || otherwise !== undefined,
    ),
  };
}

/** `2026-03-01 00:00 UTC`. */
function minuteOf(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

function testSections(brief: Brief): PageSection[] {
  const beside = voicesBeside(brief.whoSaidSo.voices).map(quoteOf);
  const voices: Block[] = [{ kind: 'quotes', quotes: brief.whoSaidSo.voices.map(quoteOf) }];
  return [
    whySection(brief),
    {
      title: 'Who said so',
      blocks: brief.whoSaidSo.voices.length === 0 ? [] : voices,
      otherwise: 'Nobody was cited.',
    },
    {
      title: 'What moved',
      blocks: list(brief.whatMoved.map(({ sentence }) => sentence)),
      otherwise: NOTHING,
      beside,
    },
    earnedSection(brief, beside),
    guardrailSection(brief),
    verdictSection(brief),
    decidedSection(brief),
    afterSection(brief),
    learnedSection(brief),
    { title: 'Whether the data can be trusted', blocks: list(brief.health) },
    amendedSection(brief),
  ];
}

/** Nothing else: a comparison of a thing with itself earns nothing and teaches nothing about people. */
function healthSections(brief: Brief): PageSection[] {
  return [
    {
      title: 'Why we test',
      blocks: [
        { kind: 'text', text: 'No reason is needed for an A/A test: it checks the machinery.' },
      ],
    },
    {
      title: 'Whether the machinery can be trusted',
      blocks: list(brief.health),
      otherwise: NOTHING,
    },
    verdictSection(brief),
    decidedSection(brief),
    amendedSection(brief),
  ];
}

/** Those who support it, and never without whoever contradicts it. */
function voicesBeside(voices: readonly BriefVoice[]): BriefVoice[] {
  const heard = voices.filter(({ words }) => words !== null);
  const against = heard.filter(({ disposition }) => disposition === 'contradicts').slice(0, 1);
  const others = heard.filter(({ disposition }) => disposition !== 'contradicts');
  return [...others.slice(0, BESIDE_MAX), ...against];
}

function list(sentences: readonly string[]): Block[] {
  return items(sentences.map((text) => ({ text })));
}

function items(entries: readonly Item[]): Block[] {
  return entries.length === 0 ? [] : [{ kind: 'list', items: entries }];
}

function whySection({ why }: Brief): PageSection {
  const { insights, because, betterOff, worseOff, wrongIf, gateNotes } = why;
  const lines = [
    ...because.map(
      ({ part, text, assumption }) => `${PARTS[part]}: ${text}${assumption ? ' (assumed)' : ''}`,
    ),
    ...(betterOff === undefined ? [] : [`Better off: ${betterOff}`]),
    ...(worseOff === undefined ? [] : [`May be worse off: ${worseOff}`]),
    ...(wrongIf === undefined ? [] : [`We are wrong if: ${wrongIf}`]),
    ...gateNotes.map((note) => `The gate noted: ${note}`),
  ];
  return {
    title: 'Why we test',
    blocks: [
      ...insights.map((text): Block => ({ kind: 'text', text, strong: true })),
      ...list(lines),
    ],
    otherwise: 'No reason was written down.',
  };
}

function earnedSection(brief: Brief, beside: PageSection['beside'] & object): PageSection {
  const { money, whatItEarned, profitCoverage } = brief;
  const partial = profitCoverage === 'partial' ? ' (partial profit)' : '';
  return {
    title: `What it earned${partial}`,
    blocks: [
      ...list(whatItEarned.map(({ sentence }) => sentence)),
      ...(money === undefined ? [] : moneyBlocks(money)),
    ],
    otherwise: NOTHING,
    beside,
  };
}

function moneyBlocks(money: BriefMoney): Block[] {
  const { currency, waterfalls, differences, leftOut, capped, projections, waiting, word } = money;
  const size = (value: number) => moneyInWords(currency, value);
  return [
    ...(waterfalls.length === 0 ? [] : compositionBlocks(money)),
    ...list([
      ...waterfalls.map(({ sentence }) => sentence),
      ...differences.map(({ sentence }) => sentence),
      ...leftOut,
      ...capped.map(({ sentence }) => sentence),
      ...projections.map(({ sentence }) => sentence),
      ...waiting,
    ]),
    ...(capped.length === 0
      ? []
      : [
          {
            kind: 'table',
            table: {
              caption: `${word} per unit against the control: values cut, and as they came`,
              head: ['Variant', 'Cut (decides)', 'From', 'To', 'As it came', 'From', 'To'],
              rows: capped.map(({ variant, capped: cut, uncapped }) => [
                variant,
                ...[cut, uncapped].flatMap(({ estimate, lower, upper }) =>
                  [estimate, lower, upper].map(size),
                ),
              ]),
              numbersFrom: 1,
            },
          } satisfies Block,
        ]),
  ];
}

function compositionBlocks({ waterfalls, currency, word, basis }: BriefMoney): Block[] {
  const size = (value: number) => moneyInWords(currency, value);
  const names = [...new Set(waterfalls.flatMap(({ steps }) => steps.map(({ name }) => name)))];
  const so = basis === 'running' ? ', of everybody so far' : '';
  return [
    {
      kind: 'charts',
      charts: waterfalls.map(({ variant, steps, perUnit }) => ({
        title: `${word} per unit in ${variant}${so}`,
        bars: [
          ...steps.map(({ name, amount, from, to }) => ({
            label: name,
            value: size(amount),
            from,
            to,
          })),
          { label: word.toLowerCase(), value: size(perUnit), from: 0, to: perUnit, total: true },
        ],
      })),
    },
    {
      kind: 'table',
      table: {
        caption: `What ${word.toLowerCase()} is made of, per unit${so}`,
        head: ['', ...waterfalls.map(({ variant }) => variant)],
        rows: [
          ...names.map((name) => [
            name,
            ...waterfalls.map(({ steps }) => {
              const step = steps.find((one) => one.name === name);
              return step === undefined ? '' : size(step.amount);
            }),
          ]),
          [`${word} per unit`, ...waterfalls.map(({ perUnit }) => size(perUnit))],
          ['Of all units', ...waterfalls.map(({ total }) => size(total))],
          ['Units', ...waterfalls.map(({ units }) => wholeInWords(units))],
        ],
        numbersFrom: 1,
      },
    },
  ];
}

function guardrailSection({ guardrails, gaps }: Brief): PageSection {
  const watched = guardrails.map(
    ({ name, metric, department, answerer, states, answers }): Item => {
      const whose = department === undefined ? '' : ` of ${department}`;
      return {
        text: `${name}${whose} (${metric}); for it answers: ${answerer}`,
        strong: true,
        items: [
          ...(states.length === 0 ? ['Not judged yet.'] : states.map(({ sentence }) => sentence)),
          ...answers.map(
            ({ variant, accepted, answer, by, at }) =>
              `${by} ${accepted ? 'accepts it' : 'does not accept it'} for ${variant} ` +
              `(${at.slice(0, 10)}): ${answer}`,
          ),
        ],
      };
    },
  );
  const open = gaps.map(({ department, expectedEffect, observationPlan }): Item => ({
    text: `Gap: no metric watches ${department} (${expectedEffect}). By hand: ${observationPlan}`,
  }));
  return { title: 'What must not get worse', blocks: items([...watched, ...open]) };
}

function verdictSection({ verdicts, winner }: Brief): PageSection {
  const judged = verdicts.flatMap(({ variant, sentence, reasons, chain }): Block[] => [
    ...items([{ text: sentence, strong: true, items: reasons }]),
    ...(chain.length === 0
      ? []
      : [
          {
            kind: 'table',
            table: {
              caption: `The way from the change to the money in ${variant}`,
              head: ['Step', 'Verdict', 'Expected after', 'Why'],
              rows: chain.map(({ from, to, verdict, why, lagDays }) => [
                `${from} → ${to}`,
                verdict.replaceAll('_', ' '),
                lagDays === undefined ? '' : `${lagDays} ${lagDays === 1 ? 'day' : 'days'}`,
                why,
              ]),
            },
          } satisfies Block,
        ]),
  ]);
  const won: Block[] = winner === undefined ? [] : [{ kind: 'text', text: `Winner: ${winner}` }];
  return { title: 'Verdict', blocks: [...judged, ...won], otherwise: NOTHING };
}

function decidedSection({ decisions }: Brief): PageSection {
  return {
    title: 'What we decided',
    blocks: items(
      decisions.map(({ sentence, overrideReason, learned, ...deciders }) => ({
        text: sentence,
        strong: true,
        items: [
          ...(overrideReason === undefined
            ? []
            : [`Against the gate, by ${decidersOf(deciders)}: ${overrideReason}`]),
          ...learned,
        ],
      })),
    ),
    otherwise: 'Nothing yet.',
  };
}

function afterSection({ afterDecision, profitCoverage }: Brief): PageSection {
  const read = items(
    afterDecision.map(({ sentence, findings }) => ({
      text: sentence,
      items: findings.map((finding) => finding.sentence),
    })),
  );
  const rows = afterDecision.flatMap(({ days, kind, currency, findings }) =>
    findings.flatMap(({ variant, claimed, realised }) => {
      if (claimed === undefined && realised === undefined) return [];
      const when = kind === 'provisional' ? 'provisional' : `day ${days ?? '?'}`;
      const cells = [claimed, realised].flatMap((claim) => claimCells(claim, currency));
      return [[`${variant}, ${when}`, ...cells]];
    }),
  );
  if (rows.length === 0) return { title: 'After the decision', blocks: read };
  const table = {
    caption: `${profitWord(profitCoverage)} against the control: claimed at the decision, and realised since`,
    head: ['Re-read', 'Claimed per unit', 'Claimed', 'Realised per unit', 'Realised'],
    rows,
  };
  return { title: 'After the decision', blocks: [...read, { kind: 'table', table }] };
}

function claimCells(claim: ProfitClaim | undefined, currency: string): string[] {
  if (claim === undefined) return ['not computed', 'not computed'];
  return [claim.perUnit, claim.total].map(({ estimate, lower, upper }) => {
    const [low, high] = [moneyInWords(currency, lower), moneyInWords(currency, upper)];
    return `${moneyInWords(currency, estimate)} (${low} to ${high})`;
  });
}

function learnedSection({ learned, learning, followUps }: Brief): PageSection {
  return {
    title: 'What we learned',
    blocks: [
      ...items(
        learning.map(({ sentence, reasons, insights }) => ({
          text: sentence,
          strong: true,
          items: [...reasons, ...insights.map((insight) => insight.sentence)],
        })),
      ),
      ...list(learned),
      ...list(followUps.map(({ sentence }) => sentence)),
    ],
    otherwise: 'Nothing yet.',
  };
}

function amendedSection({ amendments }: Brief): PageSection {
  return {
    title: 'What was changed on the way',
    blocks: list(amendments.map(({ sentence }) => sentence)),
  };
}
