import { gunzipSync } from 'node:zlib';

/**
 * The MineThatData E-Mail Analytics challenge (Kevin Hillstrom, 2008): 64,000 customers, at random a
 * men's e-mail, a women's e-mail or none, and what they did in the two weeks after. The rows have
 * no ids and no times: people are numbered in file order, met their e-mail at one instant, and their
 * outcomes are spread over the two weeks by that number.
 */

const DAY_MS = 86_400_000;

/** While the e-mails went out and the outcomes were counted. */
export const CALENDAR = {
  start: new Date('2008-03-01T09:00:00Z'),
  launch: new Date('2008-03-06T12:00:00Z'),
  sent: new Date('2008-03-07T00:00:00Z'),
  /** Two weeks of outcomes, then 44 days until profit has settled. */
  matured: new Date('2008-05-01T00:00:00Z'),
};

/** Days with outcomes; an outcome at the end of the fourteenth day would be outside the window. */
const OUTCOME_DAYS = 13;

export const EXPERIMENT_KEY = 'hillstrom-e-mail';

const VARIANTS = { 'No E-Mail': 'control', 'Mens E-Mail': 'mens', 'Womens E-Mail': 'womens' };

/**
 * @typedef {{ unit: string, variant: string, visited: boolean, converted: boolean, cents: number }} Row
 */

/** @param {Buffer} file The CSV, gzipped or not. @returns {Row[]} */
export function readRows(file) {
  const isGzip = file[0] === 0x1f && file[1] === 0x8b;
  const [head, ...lines] = (isGzip ? gunzipSync(file) : file)
    .toString('utf8')
    .trim()
    .split(/\r?\n/);
  const columns = (head ?? '').split(',');
  const at = (name) => {
    const index = columns.indexOf(name);
    if (index < 0) throw new Error(`the file has no column ${name}`);
    return index;
  };
  const [segment, visit, conversion, spend] = ['segment', 'visit', 'conversion', 'spend'].map(at);
  return lines.map((line, index) => {
    const cells = cellsOf(line);
    const variant = VARIANTS[cells[segment]];
    if (variant === undefined) throw new Error(`line ${index + 2}: unknown segment`);
    return {
      unit: `hv-${String(index + 1).padStart(5, '0')}`,
      variant,
      visited: cells[visit] === '1',
      converted: cells[conversion] === '1',
      cents: Math.round(Number(cells[spend]) * 100),
    };
  });
}

/** Cells of one line; a cell in quotes may hold commas. */
function cellsOf(line) {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => {
    return quoted ?? plain ?? '';
  });
}

/** @param {Row[]} rows */
export function exposuresOf(rows) {
  return rows.map(({ unit, variant }) => ({
    id: `${unit}-exposure`,
    type: 'exposure',
    unit: { kind: 'user', id: unit },
    occurredAt: CALENDAR.sent.toISOString(),
    experiment: EXPERIMENT_KEY,
    variant,
  }));
}

/**
 * Visits, conversions and money by the day they happen on.
 * @param {Row[]} rows
 * @returns {{ until: Date, events: object[] }[]}
 */
export function outcomesByDay(rows) {
  const days = Array.from({ length: OUTCOME_DAYS }, (_, number) => ({
    until: new Date(CALENDAR.sent.getTime() + (number + 1) * DAY_MS),
    events: [],
  }));
  rows.forEach((row, index) => {
    const events = outcomesOf(row, index);
    days[index % OUTCOME_DAYS].events.push(...events);
  });
  return days;
}

function outcomesOf({ unit, visited, converted, cents }, index) {
  const second = (index * 61) % 86_400;
  const from = CALENDAR.sent.getTime() + (index % OUTCOME_DAYS) * DAY_MS;
  const common = {
    unit: { kind: 'user', id: unit },
    occurredAt: new Date(from + second * 1000).toISOString(),
  };
  const events = [];
  if (visited) events.push({ ...common, id: `${unit}-visit`, type: 'event', name: 'visit' });
  if (converted) {
    events.push({ ...common, id: `${unit}-conversion`, type: 'event', name: 'conversion' });
  }
  if (cents > 0) {
    const money = { name: 'revenue', amountMinor: cents, currency: 'USD' };
    events.push({ ...common, id: `${unit}-spend`, type: 'money', ...money });
  }
  return events;
}

const TWO_WEEKS = { direction: 'increase', windowDays: 14 };

export const METRICS = [
  {
    ...TWO_WEEKS,
    key: 'visit',
    name: 'Visited the site',
    role: 'proxy',
    kind: 'proportion',
    class: 'engagement',
    event: 'visit',
  },
  {
    ...TWO_WEEKS,
    key: 'conversion',
    name: 'Bought something',
    role: 'downstream',
    kind: 'proportion',
    class: 'stage_conversion',
    event: 'conversion',
  },
  {
    ...TWO_WEEKS,
    key: 'spend',
    name: 'Spent in the shop',
    role: 'downstream',
    kind: 'money',
    class: 'revenue',
    moneyNames: ['revenue'],
    settlingDays: 0,
  },
];

/**
 * One test of three arms, as plainly as the published numbers were computed: one look, no
 * correction for two comparisons, relative intervals with the normal quantile.
 * @param {string} insightId
 * @param {readonly string[]} quoteIds
 */
export function experimentBody(insightId, quoteIds) {
  const says = (text) => ({ text, quoteIds: quoteIds.slice(0, 1) });
  const link = { sign: '+', lagDays: 0 };
  const interview = { ...link, basis: 'interview', support: quoteIds.slice(0, 1) };
  return {
    key: EXPERIMENT_KEY,
    name: 'An e-mail with the new catalogue',
    kind: 'ab',
    unit: 'user',
    assignment: 'external',
    variants: [
      { key: 'control', name: 'No e-mail', weight: 1, control: true },
      { key: 'mens', name: "Men's e-mail", weight: 1 },
      { key: 'womens', name: "Women's e-mail", weight: 1 },
    ],
    audience: { populations: ['customer'] },
    traffic: 1,
    metrics: { leading: 'visit', secondary: ['conversion', 'spend'] },
    analysis: {
      test: 'fixed_horizon',
      adjustment: 'none',
      relativeQuantile: 'normal',
      plannedDays: 1,
    },
    rationale: {
      insightIds: [insightId],
      because: {
        context: says('They have bought here in the past year'),
        who: says('Customers who do not look in by themselves'),
        struggle: says('They do not know that something new has come'),
        change: { text: 'We write to them about the new catalogue', assumption: true },
        force: says('They buy when they are reminded'),
        expectedExperience: says('They hear of it in time'),
      },
      experience: {
        betterOff: 'Customers who would have missed the catalogue',
        worseOff: 'Customers who want no more e-mail',
      },
      chain: [
        { ...interview, from: 'change', to: 'experience:heard-of-it' },
        { ...interview, from: 'experience:heard-of-it', to: 'metric:visit' },
        { ...link, from: 'metric:visit', to: 'metric:conversion', basis: 'correlation' },
        { ...link, from: 'metric:conversion', to: 'metric:profit', basis: 'identity' },
      ],
      prediction: {
        metric: 'visit',
        direction: 'increase',
        low: 0.05,
        high: 1,
        scale: 'relative',
      },
      wrongIf: 'Visits do not rise, or nothing is bought on them',
      otherExplanations: [{ explanation: 'They would have come anyway in that season' }],
      otherChanges: [{ change: 'A printed catalogue', whyNot: 'It costs more than it could earn' }],
      impacts: [],
      followUps: [
        { question: 'What brought you back, or kept you away?', afterDays: 14, people: 3 },
      ],
      incentive: 'Nobody today: the e-mails went out in 2008',
    },
  };
}

/**
 * Every published number beside the evaluation's, by a path that names it.
 * @param {any} evaluation
 * @param {any} published The file `hillstrom-expected.json`.
 * @returns {{ path: string, published: number, computed: number | undefined, agrees: boolean }[]}
 */
export function comparePublished(evaluation, published) {
  const rows = [];
  const add = (path, expected, computed) => {
    const agrees = computed !== undefined && isClose(computed, expected);
    rows.push({ path, published: expected, computed, agrees });
  };
  for (const [variant, n] of Object.entries(published.n)) {
    add(`n.${variant}`, n, evaluation.units.find((one) => one.variant === variant)?.n);
  }
  add('srm.chiSquare', published.srm.chiSquare, evaluation.health.srm.chiSquare);
  add('srm.pValue', published.srm.pValue, evaluation.health.srm.pValue);
  for (const [key, { arms, comparisons }] of Object.entries(published.metrics)) {
    const metric = evaluation.metrics.find((one) => one.key === key);
    for (const [variant, arm] of Object.entries(arms)) {
      const found = metric?.arms.find((one) => one.variant === variant);
      for (const name of ['mean', 'variance']) {
        add(`${key}.${variant}.${name}`, arm[name], found?.[name]);
      }
      add(`${key}.${variant}.n`, published.n[variant], found?.n);
    }
    for (const [variant, expected] of Object.entries(comparisons)) {
      const found = metric?.comparisons.find((one) => one.variant === variant);
      for (const [name, value] of Object.entries(expected)) {
        add(`${key}.${variant}.${name}`, value, COMPARED[name]?.(found));
      }
    }
  }
  return rows;
}

/** Where the evaluation has what the published file calls so. */
const COMPARED = {
  absolute: (found) => found?.absolute?.estimate,
  standardError: (found) => found?.absolute?.standardError,
  lower: (found) => found?.absolute?.lower,
  upper: (found) => found?.absolute?.upper,
  degreesOfFreedom: (found) => found?.frequentist?.degreesOfFreedom,
  t: (found) => found?.frequentist?.statistic,
  pValue: (found) => found?.frequentist?.pValue,
  relative: (found) => found?.relative?.estimate,
  fiellerLower: (found) => found?.relative?.lower,
  fiellerUpper: (found) => found?.relative?.upper,
};

const RELATIVE_TOLERANCE = 1e-6;

/** Within 1e-6 of it, or within half a unit of its last printed digit where it has fewer digits. */
function isClose(computed, published) {
  const [digits = '', exponent = '0'] = String(published).split('e');
  const decimals = (digits.split('.')[1] ?? '').length;
  const halfUnit = 0.5 * 10 ** (Number(exponent) - decimals);
  const tolerance = Math.max(RELATIVE_TOLERANCE * Math.abs(published), halfUnit);
  return Math.abs(computed - published) <= tolerance * (1 + 1e-9);
}
