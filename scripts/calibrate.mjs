// `npm run calibrate [-- TIMES]`: the simulations of test/calibration with many times the replicates
// (25 when not given) and the tolerances that go with them; ends with a table of every measured rate.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './build-state.mjs';

const TIMES_DEFAULT = 25;

const given = process.argv[2];
const times = Number(given ?? TIMES_DEFAULT);
if (!(times > 0 && times < Infinity)) {
  console.error(`how many times the replicates is a number above 0, got ${given}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'becausal-calibration-'));
const report = join(folder, 'rates.jsonl');
try {
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts', 'test.mjs'), '--project', 'calibration'],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, CALIBRATION_SCALE: String(times), CALIBRATION_REPORT: report },
    },
  );
  console.log(tableOf(readRates()));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function readRates() {
  if (!existsSync(report)) return [];
  return readFileSync(report, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Two workers write the lines, so they are put in order by test. */
function tableOf(rates) {
  const order = (a, b) => a.test.localeCompare(b.test, 'en');
  const rows = rates
    .toSorted(order)
    .map(({ proof, measured, allowed, replicates }) => [
      proof,
      measured,
      allowed === '' ? 'told only' : allowed,
      replicates === null ? 'enumerated' : String(replicates),
    ]);
  const all = [['proof', 'measured', 'allowed', 'runs'], ...rows];
  const widths = all[0].map((_head, i) => Math.max(...all.map((row) => row[i].length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
