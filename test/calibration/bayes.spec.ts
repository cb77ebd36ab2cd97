/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { betaBinomial } from '../../src/stats/beta-binomial.js';
import { normal } from '../../src/stats/distributions.js';
import { normalNormal } from '../../src/stats/normal-normal.js';
import { contains } from '../../src/stats/outcome.js';
import { sampleRatio } from '../../src/stats/sample-ratio.js';
import { expectAtLeast, expectNear, rateOf, replicates, tell } from './proof.js';
import { seededBeta, seededNormal, seededUniform } from './seeded-random.js';

const { abs, floor, sqrt } = Math;

const CHANCE = 0.95;
const UNIFORM_P = 0.001;

/** p-value of the claim that the counts came about in proportion to the weights. */
function fitOf(counts: readonly number[], weights: readonly number[]): number {
  const fit = sampleRatio({ counts, weights });
  if (!fit.ok) throw new Error(fit.detail);
  return fit.pValue;
}

function believe(estimate: number, se: number, priorSd: number) {
  const found = normalNormal({
    estimate,
    se,
    prior: { mean: 0, sd: priorSd },
    direction: 'increase',
  });
  if (!found.ok) throw new Error(found.detail);
  return found;
}

describe('stopping at a chance of 95 %, 28 looks', () => {
  const looks = 28;
  /** True effects have the standard error that the last look has. */
  const effectSd = 1;
  const priors = { matched: effectSd, tenTimesTooWide: 10 * effectSd, flat: 1e6 * effectSd };
  const ses = Array.from({ length: looks }, (_value, k) => sqrt(looks / (k + 1)));

  /** The least estimate at each look that makes the chance to win 95 %. */
  function stopsFrom(priorSd: number): number[] {
    return ses.map((se) => {
      let low = 0;
      let high = 1e4;
      while (high - low > 1e-9 * high) {
        const middle = (low + high) / 2;
        if (believe(middle, se, priorSd).chanceToWin >= CHANCE) high = middle;
        else low = middle;
      }
      return high;
    });
  }

  /** Calls back at the first look that stops. */
  function simulate(
    priorSd: number,
    truthSd: number,
    runs: number,
    stopped: (truth: number, estimate: number, se: number) => void,
  ): void {
    const limits = stopsFrom(priorSd);
    const draw = seededNormal(seededUniform(28 + floor(priorSd) + truthSd));
    const step = 1 / sqrt(looks);
    for (let run = 0; run < runs; run += 1) {
      const truth = truthSd === 0 ? 0 : truthSd * draw();
      let noise = 0;
      for (let k = 0; k < looks; k += 1) {
        noise += draw() * step;
        const estimate = truth + (noise * looks) / (k + 1);
        if (abs(estimate) < (limits[k] ?? Infinity)) continue;
        stopped(truth, estimate, ses[k] ?? NaN);
        break;
      }
    }
  }

  function signsRight(priorSd: number, runs: number) {
    let stops = 0;
    let right = 0;
    simulate(priorSd, effectSd, runs, (truth, estimate) => {
      stops += 1;
      if (truth > 0 === estimate > 0) right += 1;
    });
    return rateOf(right, stops);
  }

  it('is right in 95 % of the stops under the prior that is true, and only under that one', () => {
    const runs = replicates(300_000);
    const matched = signsRight(priors.matched, runs);
    expectAtLeast('stops, matched prior, sign right', matched, CHANCE);
    expectNear('stops, matched prior, as published', matched, 0.958, 0.001);
    const wide = signsRight(priors.tenTimesTooWide, runs);
    expectNear('stops, prior ten times too wide, sign right', wide, 0.787, 0.005);
    expectNear('stops, flat prior, sign right', signsRight(priors.flat, runs), 0.77, 0.006);
  });

  it('stops nearly half of all A/A experiments under a flat prior, 4 % under a matched one', () => {
    const runs = replicates(100_000);
    const share = (priorSd: number) => {
      let stops = 0;
      simulate(priorSd, 0, runs, () => {
        stops += 1;
      });
      return rateOf(stops, runs);
    };
    expectNear('A/A stopped, flat prior', share(priors.flat), 0.46, 0.006);
    expectNear('A/A stopped, matched prior', share(priors.matched), 0.04, 0.002);
  });

  it('claims the chance and the loss that then come true', () => {
    let stops = 0;
    let claimed = 0;
    let right = 0;
    let difference = 0;
    let squares = 0;
    simulate(priors.matched, effectSd, replicates(200_000), (truth, estimate, se) => {
      const { chanceToWin, expectedLossShip, expectedLossKeep } = believe(
        estimate,
        se,
        priors.matched,
      );
      const ships = estimate > 0;
      stops += 1;
      claimed += ships ? chanceToWin : 1 - chanceToWin;
      if (ships === truth > 0) right += 1;
      const lost = ships === truth > 0 ? 0 : abs(truth);
      const gap = lost - (ships ? expectedLossShip : expectedLossKeep);
      difference += gap;
      squares += gap * gap;
    });
    expectNear('stops, right as often as claimed', rateOf(right, stops), claimed / stops);
    // Losses are skewed amounts and no rates: three of their own standard errors.
    const seOfMean = sqrt(squares / stops - (difference / stops) ** 2) / sqrt(stops);
    expect(abs(difference / stops)).toBeLessThan(3 * seOfMean);
  });
});

describe('rank of the truth in the posterior', () => {
  it('is uniform for the effect with a prior', () => {
    const bins = 20;
    const draw = seededNormal(seededUniform(88));
    const prior = { mean: 0.3, sd: 0.8 };
    const se = 0.6;
    const counts = Array.from({ length: bins }, () => 0);
    let covered = 0;
    const runs = replicates(100_000);
    for (let run = 0; run < runs; run += 1) {
      const truth = prior.mean + prior.sd * draw();
      const estimate = truth + se * draw();
      const result = normalNormal({ estimate, se, prior, direction: 'increase' });
      if (!result.ok) throw new Error(result.detail);
      const rank = normal.cdf((truth - result.posteriorMean) / result.posteriorSd);
      const bin = floor(rank * bins);
      counts[bin] = (counts[bin] ?? 0) + 1;
      if (contains(result.interval, truth)) covered += 1;
    }
    const p = fitOf(
      counts,
      counts.map(() => 1),
    );
    tell('normal posterior, ranks uniform, p', { rate: p, replicates: runs });
    expect(p).toBeGreaterThan(UNIFORM_P);
    expectNear('normal posterior, 95 % interval covers', rateOf(covered, runs), CHANCE);
  });

  const n = { treatment: 12, control: 20 };
  const prior = { alpha: 2, beta: 8 };
  const rope = 0.08;
  const levels = [0.8, 0.6, 0.4, 0.2];
  /** Chances of the ranges that the limits of these intervals cut the line into. */
  const weights = [0.1, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1];

  interface Posterior {
    chanceToWin: number;
    within: number;
    /** The limits of all intervals, rising. */
    cuts: number[];
  }

  function posteriorOf(treated: number, controls: number): Posterior {
    const found = levels.map((level) => {
      const result = betaBinomial({
        treatment: { successes: treated, n: n.treatment },
        control: { successes: controls, n: n.control },
        prior,
        direction: 'increase',
        level,
        rope,
      });
      if (!result.ok || result.difference.interval.shape !== 'interval') {
        throw new Error('both arms have units');
      }
      return { result, limits: result.difference.interval };
    });
    const first = found[0];
    return {
      chanceToWin: first?.result.chanceToWin ?? NaN,
      within: first?.result.ropeProbability ?? NaN,
      cuts: [
        ...found.map(({ limits }) => limits.low),
        ...found.toReversed().map(({ limits }) => limits.high),
      ],
    };
  }

  it('is uniform for the difference of two rates, and their chances come true', () => {
    const known = new Map<number, Posterior>();
    const uniform = seededUniform(2812);
    const draw = seededNormal(uniform);
    const rate = seededBeta(prior.alpha, prior.beta, uniform, draw);
    const successes = (units: number, p: number): number => {
      let count = 0;
      for (let i = 0; i < units; i += 1) if (uniform() < p) count += 1;
      return count;
    };
    const counts = weights.map(() => 0);
    const runs = replicates(100_000);
    let sure = 0;
    let sureAndRight = 0;
    let claimedOfSure = 0;
    let wins = 0;
    let claimedWins = 0;
    let small = 0;
    let claimedSmall = 0;
    for (let run = 0; run < runs; run += 1) {
      const pT = rate();
      const pC = rate();
      const treated = successes(n.treatment, pT);
      const controls = successes(n.control, pC);
      const key = treated * 100 + controls;
      let posterior = known.get(key);
      if (posterior === undefined) {
        posterior = posteriorOf(treated, controls);
        known.set(key, posterior);
      }
      const difference = pT - pC;
      let bin = 0;
      while (bin < posterior.cuts.length && difference > (posterior.cuts[bin] as number)) bin += 1;
      counts[bin] = (counts[bin] ?? 0) + 1;
      wins += difference > 0 ? 1 : 0;
      claimedWins += posterior.chanceToWin;
      small += abs(difference) <= rope ? 1 : 0;
      claimedSmall += posterior.within;
      const surer = posterior.chanceToWin > 0.5 ? posterior.chanceToWin : 1 - posterior.chanceToWin;
      if (surer >= 0.9) {
        sure += 1;
        claimedOfSure += surer;
        if (difference > 0 === posterior.chanceToWin > 0.5) sureAndRight += 1;
      }
    }
    const p = fitOf(counts, weights);
    tell('beta posterior of a difference, ranks uniform, p', { rate: p, replicates: runs });
    expect(p).toBeGreaterThan(UNIFORM_P);
    expectNear('beta posterior, chance to win comes true', rateOf(wins, runs), claimedWins / runs);
    expectNear('beta posterior, range of no matter', rateOf(small, runs), claimedSmall / runs);
    const right = rateOf(sureAndRight, sure);
    expectNear('beta posterior, chances of 90 % come true', right, claimedOfSure / sure);
  });

  it('is not uniform for a posterior that takes another prior: the proof has teeth', () => {
    const draw = seededNormal(seededUniform(9));
    const counts = Array.from({ length: 20 }, () => 0);
    for (let run = 0; run < 40_000; run += 1) {
      const truth = 0.8 * draw();
      const result = normalNormal({
        estimate: truth + 0.6 * draw(),
        se: 0.6,
        prior: { mean: 0, sd: 0.7 },
        direction: 'increase',
      });
      if (!result.ok) throw new Error(result.detail);
      const bin = floor(normal.cdf((truth - result.posteriorMean) / result.posteriorSd) * 20);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    expect(
      fitOf(
        counts,
        counts.map(() => 1),
      ),
    ).toBeLessThan(UNIFORM_P);
  });
});
