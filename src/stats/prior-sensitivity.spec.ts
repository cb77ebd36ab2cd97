import { readFixture } from '../../test/fixtures/stats/read-golden.js';
import { normalNormal } from './normal-normal.js';
import { priorSensitivity, type PriorSensitivityInput } from './prior-sensitivity.js';

interface Example {
  estimate: number;
  se: number;
  mean: number;
  sd: number;
  chanceToWin: number;
  expectedLossShip: number;
  expectedLossKeep: number;
  low: number;
  high: number;
}

const base: PriorSensitivityInput = {
  estimate: 0.03,
  se: 0.015,
  prior: { mean: 0, sd: 0.02 },
  direction: 'increase',
  threshold: 0.95,
};

function solve(input: Partial<PriorSensitivityInput>) {
  const result = priorSensitivity({ ...base, ...input });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('priorSensitivity', () => {
  it('answers at half, the same and double the prior SD', () => {
    const { normalPosteriors } = readFixture<{ normalPosteriors: Example[] }>('bayes.json');
    const { answers } = solve({});
    expect(answers.map(({ factor }) => factor)).toEqual([0.5, 1, 2]);
    for (const answer of answers) {
      const example = normalPosteriors.find(({ estimate, sd }) => {
        return estimate === base.estimate && Math.abs(sd / answer.priorSd - 1) < 1e-12;
      });
      if (example === undefined) throw new Error(`no witness for ${answer.priorSd}`);
      expect(answer.chanceToWin / example.chanceToWin).toBeCloseTo(1, 11);
      expect(answer.expectedLossShip / example.expectedLossShip).toBeCloseTo(1, 10);
      expect(answer.expectedLossKeep / example.expectedLossKeep).toBeCloseTo(1, 10);
      expect(answer.interval).toEqual({
        shape: 'interval',
        low: expect.closeTo(example.low, 12),
        high: expect.closeTo(example.high, 12),
      });
    }
  });

  it('is fragile where a tighter prior takes the conclusion away', () => {
    // Chances .866, .945 and .971: at .95 only the wide prior concludes, at .8 and .99 all agree.
    expect(solve({ threshold: 0.95 })).toMatchObject({
      robust: false,
      answers: [{ reached: false }, { reached: false }, { reached: true }],
    });
    expect(solve({ threshold: 0.8 }).robust).toBe(true);
    expect(solve({ threshold: 0.99 }).robust).toBe(true);
  });

  it('a prior that expects nothing in particular pulls less the wider it is', () => {
    const chances = solve({}).answers.map(({ chanceToWin }) => chanceToWin);
    expect(chances).toEqual(chances.toSorted((a, b) => a - b));
    const worse = solve({ direction: 'decrease' }).answers.map(({ chanceToWin }) => chanceToWin);
    worse.forEach((chance, i) => expect(chance + (chances[i] ?? NaN)).toBeCloseTo(1, 12));
  });

  it('the middle answer is the one without sensitivity', () => {
    const { threshold: _threshold, ...input } = base;
    const plain = normalNormal({ ...input, level: 0.9 });
    const { answers } = solve({ level: 0.9 });
    if (!plain.ok) throw new Error(plain.detail);
    expect(answers[1]?.chanceToWin).toBe(plain.chanceToWin);
    expect(answers[1]?.interval).toEqual(plain.interval);
  });

  it('answers with a reason for bad data and refuses bad settings', () => {
    expect(priorSensitivity({ ...base, se: 0 })).toMatchObject({
      ok: false,
      reason: 'no-variance',
    });
    expect(priorSensitivity({ ...base, estimate: NaN })).toMatchObject({ reason: 'bad-input' });
    expect(() => solve({ threshold: 1 })).toThrow(RangeError);
    expect(() => solve({ prior: { mean: 0, sd: 0 } })).toThrow(RangeError);
  });
});
