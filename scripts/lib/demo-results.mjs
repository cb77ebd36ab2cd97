import { ENROLMENT_DAYS, ONE_CLICK, TOTAL_FIRST, VISITORS_A_DAY } from './demo-experiments.mjs';
import { plannedPower, truthOf } from './planted.mjs';
import { say, showRefusal, signed, step, table } from './print.mjs';

/** @typedef {import('./api.mjs').Api} Api */

const EXPERIMENTS = [TOTAL_FIRST, ONE_CLICK];
const POWER_MIN = 0.95;
const UNITS_PER_ARM = (VISITORS_A_DAY * ENROLMENT_DAYS) / 2;

function planted({ journeys, treatment, values, leading }) {
  return Object.entries(values).map(([metric, value]) => {
    const control = truthOf(journeys.control, value);
    const changed = truthOf(journeys[treatment], value);
    const plan = plannedPower({ control, treatment: changed, n: UNITS_PER_ARM });
    const decides = metric === leading || metric === 'profit';
    return { metric, control, changed, decides, ...plan };
  });
}

/** What was planted and how surely it would be seen; said before the first visitor comes. */
export function announcePlan() {
  step('What is planted in the invented visitors, and the planned power to see it');
  say(`Normal approximation, two-sided alpha 0.05, ${UNITS_PER_ARM} visitors in each arm.`);
  const rows = EXPERIMENTS.flatMap((experiment) =>
    planted(experiment).map((row) => [
      experiment.key,
      row.metric,
      row.control.mean.toFixed(4),
      row.changed.mean.toFixed(4),
      signed(row.effect, 4),
      row.decides ? `${(row.power * 100).toFixed(1)}%` : 'guardrail',
    ]),
  );
  table(['test', 'metric', 'control', 'variant', 'planted effect', 'planned power'], rows);
  for (const experiment of EXPERIMENTS) {
    for (const { metric, decides, power } of planted(experiment)) {
      if (decides && power < POWER_MIN) throw new Error(`the power of ${metric} is only ${power}`);
    }
  }
}

/**
 * Holds the final evaluations against what was planted.
 * @param {Api} api
 * @returns {Promise<string[]>} what is not as planted
 */
export async function compareWithPlanted(api) {
  step('All money has matured: what was found, beside what was planted');
  const faults = [];
  const rows = [];
  for (const experiment of EXPERIMENTS) {
    const { key, treatment, expected } = experiment;
    const evaluation = await api.get(`/v1/experiments/${key}/evaluations/latest`);
    const { verdict } = evaluation;
    const { state } = verdict.perVariant.find(({ variant }) => variant === treatment);
    if (evaluation.plannedLook !== 1) faults.push(`${key}: this is not the planned look`);
    if (state !== expected) faults.push(`${key}: the verdict is ${state}, not ${expected}`);
    if (verdict.profitCoverage !== 'full') faults.push(`${key}: profit is partial`);
    if (evaluation.health.lateEvents > 0) faults.push(`${key}: events came late`);
    for (const { metric, effect } of planted(experiment)) {
      const { absolute } = evaluation.metrics.find((one) => one.key === metric).comparisons[0];
      const covered = absolute.lower <= effect && effect <= absolute.upper;
      if (!covered) faults.push(`${key}: the interval of ${metric} does not cover the effect`);
      rows.push([
        key,
        metric,
        signed(effect, 4),
        signed(absolute.estimate, 4),
        `${signed(absolute.lower, 4)} to ${signed(absolute.upper, 4)}`,
        covered ? 'yes' : 'NO',
      ]);
    }
    say(`${key}: ${state}`);
    const { reasons } = verdict.perVariant.find(({ variant }) => variant === treatment);
    for (const { code, sentence } of reasons) say(`${code}: ${sentence}`, '     - ');
  }
  table(['test', 'metric', 'planted', 'estimate', '95% interval', 'covers'], rows);
  return faults;
}

/** People decide, and the gate holds them to the money. @param {Api} api */
export async function decide(api) {
  step('Decisions: what the verdict does not carry is refused');
  say('The add-on is asked for once more, now that everything is known:');
  const refused = await api.send('POST', `/v1/experiments/${ONE_CLICK.key}/decide`, {
    action: 'ship',
    variant: ONE_CLICK.treatment,
    reason: 'It is the best click rate we ever had',
  });
  if (refused.status !== 422) throw new Error('a proxy trap was shipped');
  showRefusal(refused);
  const back = await api.post(`/v1/experiments/${ONE_CLICK.key}/decide`, {
    action: 'roll_back',
    reason: 'More add-ons, less profit: they came back, and support paid for it',
  });
  say(`${ONE_CLICK.key}: ${back.action}, because "${back.reason}"`);
  const shipped = await api.post(`/v1/experiments/${TOTAL_FIRST.key}/decide`, {
    action: 'ship',
    variant: TOTAL_FIRST.treatment,
    reason: 'Profit per visitor is higher, and support has no more work',
    holdBack: 0.05,
    controlStillHeldOut: true,
    ...(await learned(api)),
  });
  say(`${TOTAL_FIRST.key}: ${shipped.action} ${shipped.variant}, because "${shipped.reason}"`);
}

/**
 * What the team learned from the first test, as far as it knows: the words it had before the launch
 * explain a part, and nobody was asked again. The dry run says which links and surprises are open.
 * @param {Api} api
 */
async function learned(api) {
  const { key, treatment } = TOTAL_FIRST;
  const { rationale } = await api.get(`/v1/experiments/${key}`);
  const said = {
    why: {
      state: 'partly',
      text: 'More of them start to pay once the total is shown, as they had said; nobody was asked since',
      quoteIds: rationale.because.struggle.quoteIds,
    },
    sideEffects: [
      {
        department: 'growth',
        observed: 'none',
        note: 'No price changed in these weeks, so the total needed no more care',
      },
      {
        department: 'support',
        observed: 'none',
        note: 'As many asked as before: fewer about fees, and a few more because more bought',
      },
    ],
  };
  const { unmet } = await api.post('/v1/experiments/check?gate=decide', {
    experiment: key,
    decision: { action: 'ship', variant: treatment, reason: 'What would still be open?', ...said },
  });
  const asked = (code) => unmet.filter((item) => item.code === code);
  for (const { code, why } of unmet) say(`still open, ${code}: ${why}`, '     - ');
  return {
    ...said,
    links: asked('LINKS_UNJUDGED').flatMap(({ subjects }) => subjects.map(notMeasured)),
    surprises: asked('SURPRISE_OPEN').map(({ actual, subjects: [subject] }) => ({
      code: actual,
      subject,
      closedUnexplained: 'The people are invented, so there is nobody to ask',
    })),
  };
}

function notMeasured(link) {
  const [from, to] = link.split(' -> ');
  return { from, to, verdict: 'not_measured', note: 'Nobody was asked what they felt' };
}

/** @param {Api} api */
export async function printBriefs(api) {
  step('The two briefs, as a stakeholder reads them');
  for (const { key } of EXPERIMENTS) {
    const markdown = await api.get(`/v1/experiments/${key}/brief`, 'text/markdown');
    console.log(`\n${'-'.repeat(96)}\n${markdown.trimEnd()}\n${'-'.repeat(96)}`);
  }
}
