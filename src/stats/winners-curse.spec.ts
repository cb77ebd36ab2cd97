import { readFixture, readSharedDesigns } from '../../test/fixtures/stats/read-golden.js';
import { normal } from './distributions.js';
import { winnersCurse, type WinnersCurseResult } from './winners-curse.js';

interface Example {
  estimates: number[];
  errors: number[];
  z: number;
  selected: boolean[];
  naiveTotal: number;
  bias: number;
  correctedTotal: number;
}

function solve(
  estimates: readonly number[],
  errors: readonly number[],
  selectionZ: number,
): WinnersCurseResult {
  const experiments = estimates.map((estimate, i) => ({ estimate, se: errors[i] ?? NaN }));
  const result = winnersCurse({ experiments, selectionZ });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

/** Park and Miller's generator: the same stream on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe('winnersCurse', () => {
  const examples = readFixture<{ winnersCurse: Example[] }>('bayes.json').winnersCurse;

  it.each(examples)('agrees with the integral of the bias for $estimates', (example) => {
    const result = solve(example.estimates, example.errors, example.z);
    expect(result.selected).toEqual(example.selected);
    expect(result.naiveTotal).toBeCloseTo(example.naiveTotal, 12);
    expect(result.bias / example.bias).toBeCloseTo(1, 11);
    expect(result.correctedTotal).toBeCloseTo(example.correctedTotal, 11);
  });

  const design = readSharedDesigns<
    { estimates: number[]; standardErrors: number[] },
    { selected: boolean[]; naiveTotal: number; plugInBias: number; correctedTotal: number }
  >('winners-curse-1');
  (design === null ? it.skip : it)('reproduces the shared example', () => {
    if (design === null) throw new Error('the shared examples are gone');
    const { input, expected } = design;
    const result = solve(input.estimates, input.standardErrors, normal.quantile(0.95));
    expect(result.selected).toEqual(expected.selected);
    expect(result.bias / expected.plugInBias).toBeCloseTo(1, 9);
    expect(result.correctedTotal / expected.correctedTotal).toBeCloseTo(1, 9);
  });

  it('takes most of the excess out of many small effects', () => {
    const draw = seeded(29);
    const errors = Array.from({ length: 30 }, () => 0.5 + draw());
    const truths = errors.map((se) => 0.6 * se * normal.quantile(draw()));
    let naive = 0;
    let corrected = 0;
    let earned = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      const estimates = truths.map(
        (truth, i) => truth + (errors[i] ?? 1) * normal.quantile(draw()),
      );
      const result = solve(estimates, errors, 1.645);
      naive += result.naiveTotal;
      corrected += result.correctedTotal;
      truths.forEach((truth, i) => {
        if (result.selected[i] === true) earned += truth;
      });
    }
    // The plug-in has the noise of the estimates in it: not all of the excess goes.
    expect(naive - earned).toBeGreaterThan(2 * rounds);
    expect(Math.abs(corrected - earned)).toBeLessThan(0.3 * (naive - earned));
  });

  it('answers with a reason for bad data and refuses a threshold that is no number', () => {
    expect(winnersCurse({ experiments: [], selectionZ: 1 })).toMatchObject({ reason: 'too-few' });
    expect(winnersCurse({ experiments: [{ estimate: NaN, se: 1 }], selectionZ: 1 })).toMatchObject({
      ok: false,
      reason: 'bad-input',
    });
    expect(winnersCurse({ experiments: [{ estimate: 1, se: 0 }], selectionZ: 1 })).toMatchObject({
      ok: false,
      reason: 'no-variance',
    });
    expect(() => solve([1], [1], NaN)).toThrow(RangeError);
  });
});
