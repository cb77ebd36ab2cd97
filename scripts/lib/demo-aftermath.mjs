import { TOTAL_FIRST } from './demo-experiments.mjs';
import { say, step, table } from './print.mjs';

/** @typedef {import('./api.mjs').Api} Api */

const DAY_MS = 86_400_000;
/** Past the second of four readings. */
const LATER_DAYS = 91;

/**
 * Three months after the decision: the money of the same visitors is read again.
 * @param {Api} api
 */
export async function lookAgain(api) {
  step(`${LATER_DAYS} days after the decision: what was claimed, beside what came`);
  const { key, treatment } = TOTAL_FIRST;
  const { data: decisions } = await api.get(`/v1/experiments/${key}/decisions`);
  const decidedAt = new Date(decisions.at(-1).decidedAt);
  await api.moveClock(new Date(decidedAt.getTime() + LATER_DAYS * DAY_MS));
  const { data: rereads } = await api.get(`/v1/experiments/${key}/rereads`);
  const done = rereads.filter(({ status }) => status === 'done');
  const rows = done.map(({ days, findings }) => {
    const { before, now, outcome, claimed, realised } = findings.find(
      ({ variant }) => variant === treatment,
    );
    return [`${days} days`, `${before} -> ${now}`, outcome, perUnit(claimed), perUnit(realised)];
  });
  table(['after', 'verdict', 'outcome', 'claimed', 'realised, 98.75% interval'], rows);
  for (const { days, sentence } of done.slice(-1)) say(`After ${days} days: ${sentence}`);
  const { notes } = await api.get('/v1/programme/profit');
  for (const note of notes) say(note, '     - ');
}

function perUnit(claim) {
  if (claim === undefined) return '-';
  const { estimate, lower, upper } = claim.perUnit;
  return `${estimate.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
}
