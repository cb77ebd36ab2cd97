import { readAdjustment, relative, rowsOfArm } from '../../test/fixtures/stats/read-adjustment.js';
import { covariateBalance } from './covariate-balance.js';
import { emptyMoments, momentsOfRows } from './moments.js';

describe('covariateBalance', () => {
  it('agrees with SciPy for every column asked for, in their order', () => {
    const fixture = readAdjustment();
    const treatment = momentsOfRows(rowsOfArm(fixture, 1));
    const control = momentsOfRows(rowsOfArm(fixture, 0));
    const found = covariateBalance({ treatment, control, columns: [2, 1] });
    expect(found.map(({ column }) => column)).toEqual([2, 1]);
    for (const [i, expected] of [fixture.balance.x2, fixture.balance.x1].entries()) {
      const one = found[i];
      if (one?.ok !== true) throw new Error('no figures');
      expect(relative(one.standardisedDifference, expected.standardisedDifference)).toBeLessThan(
        1e-11,
      );
      expect(relative(one.pValue, expected.p)).toBeLessThan(1e-9);
      expect(relative(one.log10p, Math.log10(expected.p))).toBeLessThan(1e-9);
    }
    const swapped = covariateBalance({ treatment: control, control: treatment, columns: [2, 1] });
    swapped.forEach((one, i) => {
      const other = found[i];
      if (!one.ok || other?.ok !== true) throw new Error('no figures');
      expect(one.standardisedDifference).toBe(-other.standardisedDifference);
      expect(one.difference).toBe(-other.difference);
      expect(one.pValue).toBe(other.pValue);
    });
  });

  it('says why a column has no figures, and gives those of the others', () => {
    const treatment = momentsOfRows([
      [1, 5],
      [2, 5],
      [4, 5],
    ]);
    const control = momentsOfRows([
      [1, 5],
      [3, 5],
    ]);
    const [first, second] = covariateBalance({ treatment, control, columns: [0, 1] });
    expect(first).toMatchObject({ column: 0, ok: true });
    expect(second).toMatchObject({ column: 1, ok: false, reason: 'no-variance' });
    expect(covariateBalance({ treatment, control: emptyMoments(2), columns: [0] })).toEqual([
      expect.objectContaining({ ok: false, reason: 'empty-arm' }),
    ]);
    expect(covariateBalance({ treatment, control: emptyMoments(1), columns: [0] })).toEqual([
      expect.objectContaining({ ok: false, reason: 'bad-input' }),
    ]);
    expect(() => covariateBalance({ treatment, control, columns: [2] })).toThrow(RangeError);
  });
});
