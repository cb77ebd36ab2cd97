import { type AgreementInput, explainAgreement } from './agreement.js';
import type { Interval } from './outcome.js';

const flat = { kind: 'normal' as const, mean: 0, sd: 1000 };

function fixedInterval(estimate: number, se: number, q = 1.959963985): Interval {
  return { shape: 'interval', low: estimate - q * se, high: estimate + q * se };
}

function judge(
  frequentist: Partial<AgreementInput['frequentist']>,
  bayesian: Partial<AgreementInput['bayesian']>,
  more: Partial<AgreementInput> = {},
) {
  const { estimate = 1, se = 1 } = frequentist;
  return explainAgreement({
    frequentist: {
      estimate,
      se,
      interval: fixedInterval(estimate, se),
      alpha: 0.05,
      look: 'final',
      ...frequentist,
    },
    bayesian: { chanceToWin: 0.5, prior: flat, ...bayesian },
    direction: 'increase',
    units: 1000,
    ...more,
  });
}

describe('explainAgreement', () => {
  it('needs no words when both say the same', () => {
    expect(judge({ estimate: 3 }, { chanceToWin: 0.999 })).toEqual({ agree: true });
    expect(judge({ estimate: 1 }, { chanceToWin: 0.84 })).toEqual({ agree: true });
    expect(judge({ estimate: -3 }, { chanceToWin: 0.001 })).toEqual({ agree: true });
  });

  it('says when both name a winner and the prior keeps the size small', () => {
    const result = judge(
      { estimate: 10 },
      { chanceToWin: 0.999, prior: { kind: 'normal', mean: 0, sd: 0.37 } },
    );
    expect(result).toMatchObject({ agree: true, cause: 'prior' });
    expect(result.why).toContain('not how much');
    expect(result.why).toContain('12%');
  });

  it('reads a fall as good where less is better', () => {
    const better = judge({ estimate: -3 }, { chanceToWin: 0.999 }, { direction: 'decrease' });
    expect(better).toEqual({ agree: true });
  });

  it('names the prior that pulled a winner in', () => {
    const result = judge(
      { estimate: 2.1 },
      { chanceToWin: 0.95, prior: { kind: 'normal', mean: 0, sd: 1.5 } },
    );
    expect(result).toMatchObject({ agree: false, cause: 'prior' });
    expect(result.why).toContain('The test says the treatment is better');
    expect(result.why).toContain('pulled the estimate in');
    expect(result.why).toContain('69%');
  });

  it('names an optimistic prior that decides where the data do not', () => {
    const result = judge(
      { estimate: 1.5 },
      { chanceToWin: 0.98, prior: { kind: 'normal', mean: 3, sd: 1.5 } },
    );
    expect(result).toMatchObject({ agree: false, cause: 'prior' });
    expect(result.why).toContain('leaned towards better');
  });

  it('names too few units when the prior outweighs the data', () => {
    const result = judge(
      { estimate: 2.5 },
      { chanceToWin: 0.7, prior: { kind: 'normal', mean: 0, sd: 0.5 } },
    );
    expect(result).toMatchObject({ agree: false, cause: 'few-units' });
    expect(result.why).toContain('few units');
    const beta = judge(
      { estimate: 2.5 },
      { chanceToWin: 0.7, prior: { kind: 'beta', alpha: 100, beta: 1900 } },
    );
    expect(beta.cause).toBe('few-units');
  });

  it('names the wider interval of an unplanned look', () => {
    const result = judge(
      { estimate: 2.5, interval: fixedInterval(2.5, 1, 3.035), look: 'open' },
      { chanceToWin: 0.994 },
    );
    expect(result).toMatchObject({ agree: false, cause: 'interim-look' });
    expect(result.why).toContain('between the planned ones');
  });

  it('names a result on the line', () => {
    const result = judge(
      { estimate: 1.95 },
      { chanceToWin: 0.976, prior: { kind: 'beta', alpha: 1, beta: 1 } },
    );
    expect(result).toMatchObject({ agree: false, cause: 'borderline' });
  });

  it('refuses a chance that is none', () => {
    expect(() => judge({}, { chanceToWin: 1.2 })).toThrow(RangeError);
    expect(() => judge({ alpha: 0 }, {})).toThrow(RangeError);
  });
});
