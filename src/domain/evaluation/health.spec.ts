import { anEvaluationCase, single } from '../../../test/support/evaluation-case.js';
import { evaluate } from './evaluate.js';
import type { PlanMoments } from './moments.js';

const rows = { clicks: [single(Array<number>(999).fill(0)), single(Array<number>(999).fill(0))] };
const healthWith = (moments: Partial<PlanMoments>, codeVersion = '1.2.3') =>
  evaluate(anEvaluationCase({ rows, moments, codeVersion }));

describe('health', () => {
  it.each<[string, Partial<PlanMoments>, string[]]>([
    ['nothing to say', {}, []],
    ['B64 a crossover in a hundred', { crossovers: 20 }, []],
    ['B64 more than one in a hundred', { crossovers: 21 }, ['crossovers']],
    ['B65 a mismatch in a thousand', { unassigned: 1 }, []],
    ['B65 more than one in a thousand', { unassigned: 2 }, ['assignment-mismatch']],
    ['B61 refunds within their sales', { overRefunded: 0 }, []],
    ['B61 a refund above its sale', { overRefunded: 1 }, ['over-refunded']],
  ])('%s', (_name, moments, codes) => {
    const { health } = healthWith(moments);
    expect((health.warnings ?? []).map(({ code }) => code)).toEqual(codes);
  });

  it('shows the counts it was given, and none that it was not', () => {
    expect(healthWith({ unassigned: 2, overRefunded: 3, crossovers: 2 }).health).toMatchObject({
      unassigned: 2,
      unassignedShare: 2 / 2000,
      overRefunded: 3,
    });
    const { health } = healthWith({});
    expect(Object.keys(health).sort()).toEqual([
      'crossoverShare',
      'crossovers',
      'lateEvents',
      'outsideCohort',
      'srm',
    ]);
  });

  it.each([
    ['state-differs-from-log', /running sums differ from the log/],
    ['something-new', /fault: something-new/],
  ])('a fault of the data makes every verdict invalid: %s', (code, sentence) => {
    const { health, verdict } = healthWith({ dataFaults: [code] });
    expect(health.dataFaults).toEqual([{ code, sentence: expect.stringMatching(sentence) }]);
    expect(verdict.perVariant[0]).toMatchObject({
      state: 'invalid',
      reasons: [
        {
          code: 'DATA_FAULT',
          facts: { fault: code },
          sentence: expect.stringMatching(sentence),
        },
      ],
    });
  });

  it('no fault is no reason', () => {
    const { health, verdict } = healthWith({ dataFaults: [] });
    expect(health).not.toHaveProperty('dataFaults');
    expect(verdict.perVariant[0]?.state).not.toBe('invalid');
  });
});
