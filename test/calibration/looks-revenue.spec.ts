/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describeWith, sharedFile } from '../support/shared-data.js';
import { expectAtLeast, expectAtMost, rateOf, replicates } from './proof.js';
import { seededBinomial, seededNormal, seededUniform } from './seeded-random.js';
import {
  ALPHA,
  AlarmCounter,
  deltaLiftExcludesZero,
  readMeans,
  sequentialTests,
} from './sequential-tests.js';

const { exp, floor } = Math;

const LOOKS = 28;

/** An arm of a metric that is 0 for most units: only the buyers have to be added. */
class SpendingArm {
  readonly summary = { n: 0, mean: 0, variance: 0 };
  buyers = 0;
  private sum = 0;
  private squares = 0;

  restart(): void {
    this.buyers = 0;
    this.sum = 0;
    this.squares = 0;
    this.summary.n = 0;
  }

  buy(amount: number): void {
    this.buyers += 1;
    this.sum += amount;
    this.squares += amount * amount;
  }

  /** So many units have been seen now, buyers or not. */
  reach(n: number): void {
    const { summary, sum } = this;
    summary.n = n;
    summary.mean = sum / n;
    summary.variance = (this.squares - (sum * sum) / n) / (n - 1);
  }
}

/** Lets both arms grow look by look, and counts what every test says. */
function simulate(design: {
  unitsAtEnd: number;
  runs: number;
  /** Starts an experiment. */
  deal: () => void;
  /** Adds the purchases of a look. */
  grow: (look: number, treatment: SpendingArm, control: SpendingArm) => void;
}) {
  const { unitsAtEnd, runs, deal, grow } = design;
  const tests = sequentialTests({ looks: LOOKS, unitsAtEnd });
  const counter = new AlarmCounter(tests);
  const treatment = new SpendingArm();
  const control = new SpendingArm();
  const arms = {
    treatment: treatment.summary,
    control: control.summary,
    lift: 0,
    nonZero: 0,
  };
  const multipliers = tests.at(-1)?.criticalZ ?? [];
  let deltaLifts = 0;
  for (let run = 0; run < runs; run += 1) {
    treatment.restart();
    control.restart();
    deal();
    let hasDeltaLift = false;
    for (let look = 0; look < LOOKS; look += 1) {
      grow(look, treatment, control);
      const n = floor(((look + 1) * unitsAtEnd) / (2 * LOOKS));
      treatment.reach(n);
      control.reach(n);
      arms.nonZero = treatment.buyers < control.buyers ? treatment.buyers : control.buyers;
      readMeans(tests, look, arms, counter.now);
      hasDeltaLift ||= deltaLiftExcludesZero(
        multipliers[look] ?? Infinity,
        arms.treatment,
        arms.control,
      );
    }
    counter.endRun();
    if (hasDeltaLift) deltaLifts += 1;
  }
  return { counter, deltaLift: rateOf(deltaLifts, runs) };
}

function expectValid(at: string, { counter, deltaLift }: ReturnType<typeof simulate>): void {
  for (const scale of ['absolute', 'relative'] as const) {
    for (const name of ["O'Brien-Fleming", 'Pocock', 'sequence', 'sequence, raw'] as const) {
      expectAtMost(`${at}, ${name}, ${scale}`, counter.rate(name, scale), ALPHA);
    }
  }
  // The simulation has teeth: peeking and a delta-method lift both fail in it.
  expectAtLeast(`${at}, repeated at 5 %`, counter.rate('naive', 'absolute'), 0.15);
  expectAtLeast(`${at}, delta-method lift at the sequence's width`, deltaLift, 2 * ALPHA);
}

describe('A/A experiments of revenue, .57 % buyers with lognormal amounts, 28 looks', () => {
  it.each([{ perArm: 5600 }, { perArm: 19_992 }])('$perArm units an arm', ({ perArm }) => {
    const uniform = seededUniform(57 + perArm);
    const draw = seededNormal(uniform);
    const buyersOfLook = seededBinomial(perArm / LOOKS, 0.0057, uniform);
    const shop = (arm: SpendingArm): void => {
      const buyers = buyersOfLook();
      for (let i = 0; i < buyers; i += 1) arm.buy(exp(4.4 + 0.85 * draw()));
    };
    const found = simulate({
      unitsAtEnd: 2 * perArm,
      runs: replicates(6000),
      deal: () => undefined,
      grow: (_look, treatment, control) => {
        shop(treatment);
        shop(control);
      },
    });
    expectValid(`revenue, ${perArm} an arm`, found);
  });
});

describeWith(
  sharedFile('experiments', 'hillstrom.csv.gz'),
  'a real revenue metric dealt into two arms again and again, 28 looks',
  (file) => {
    const LINE = /(?:"[^"]*"|[^,"]*),No E-Mail,\d+,\d+,([\d.]+)$/;
    it('calls no more differences than nominal between arms that were treated alike', () => {
      const spends = gunzipSync(readFileSync(file))
        .toString('utf8')
        .trim()
        .split(/\r?\n/)
        .flatMap((line) => {
          const spend = LINE.exec(line)?.[1];
          return spend === undefined ? [] : [Number(spend)];
        });
      expect(spends).toHaveLength(21_306);
      const buys = Float64Array.from(spends.filter((spend) => spend > 0));
      expect(buys).toHaveLength(122);

      const perLook = floor(spends.length / (2 * LOOKS));
      const places = spends.length;
      const uniform = seededUniform(21_306);
      const takenInRun = new Int32Array(places);
      const placeOf = new Int32Array(buys.length);
      let run = 0;
      const found = simulate({
        unitsAtEnd: 2 * LOOKS * perLook,
        runs: replicates(10_000),
        // Every customer gets a place in one order of arrival; only those of the buyers matter.
        deal: () => {
          run += 1;
          for (let i = 0; i < buys.length; i += 1) {
            let place = floor(uniform() * places);
            while (takenInRun[place] === run) place = floor(uniform() * places);
            takenInRun[place] = run;
            placeOf[i] = place;
          }
        },
        // Neighbours in the order go to different arms; the few places left over stay out.
        grow: (look, treatment, control) => {
          for (let i = 0; i < buys.length; i += 1) {
            const place = placeOf[i] as number;
            if (floor(place / (2 * perLook)) !== look) continue;
            (place % 2 === 0 ? treatment : control).buy(buys[i] as number);
          }
        },
      });
      expectValid('real spend of 21,306 untreated customers', found);
    });
  },
);
