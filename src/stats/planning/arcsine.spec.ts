import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import { arcsinePower, arcsineUnitsPerArm } from './arcsine.js';

interface ArcsineExample {
  controlRate: number;
  treatmentRate: number;
  n0: number;
  n1: number;
  alpha: number;
  power: number;
}

describe('arcsine', () => {
  it.each(readFixture<{ arcsine: ArcsineExample[] }>('planning.json').arcsine)(
    'has the power that SciPy gives, $power',
    (example) => {
      expect(arcsinePower(example) / example.power).toBeCloseTo(1, 11);
    },
  );

  it('needs the size that pwr of R prints, and the size has the power', () => {
    const example = readSharedDesigns<{ p0: number; p1: number }, { nPerArm: number }>(
      'power-arcsine-10-12',
    );
    const rates = { controlRate: 0.1, treatmentRate: 0.12, alpha: 0.05 };
    const result = arcsineUnitsPerArm({ ...rates, power: 0.8 });
    if (!result.ok) throw new Error(result.detail);
    expect(result.units / (example?.expected.nPerArm ?? 3834.59575246)).toBeCloseTo(1, 8);
    const power = arcsinePower({ ...rates, n0: result.units, n1: result.units });
    expect(power).toBeCloseTo(0.8, 10);
    // A power next to alpha needs next to nothing.
    const little = arcsineUnitsPerArm({ ...rates, power: 0.06 });
    if (!little.ok) throw new Error(little.detail);
    expect(arcsinePower({ ...rates, n0: little.units, n1: little.units })).toBeCloseTo(0.06, 9);
  });

  it('answers with a reason for equal rates and refuses what is no rate, size or power', () => {
    const rates = { controlRate: 0.1, treatmentRate: 0.1, alpha: 0.05 };
    expect(arcsineUnitsPerArm({ ...rates, power: 0.8 })).toMatchObject({
      ok: false,
      reason: 'not-identified',
    });
    expect(() => arcsineUnitsPerArm({ ...rates, treatmentRate: 1.1, power: 0.8 })).toThrow(
      RangeError,
    );
    expect(() => arcsineUnitsPerArm({ ...rates, power: 0.05 })).toThrow(RangeError);
    expect(() => arcsinePower({ ...rates, n0: 0, n1: 5 })).toThrow(RangeError);
  });
});
