import fc from 'fast-check';

import { normal } from '../distributions.js';
import { classicalBounds, efficacyBounds } from './bounds.js';
import { type Design, designDrift, powerOfDesign, sizeOfDesign } from './power.js';

const fractions = [0.2, 0.4, 0.6, 0.8, 1];
const obrienFleming: Design = {
  ...classicalBounds({ shape: 'obrien_fleming', alphaOneSided: 0.025, fractions }),
  fractions,
  sides: 1,
};
const pocock: Design = {
  ...classicalBounds({ shape: 'pocock', alphaOneSided: 0.025, fractions }),
  fractions,
  sides: 1,
};
const spending: Design = {
  ...efficacyBounds({ spending: { kind: 'obrien_fleming' }, alphaOneSided: 0.025, fractions }),
  fractions,
  sides: 1,
};

describe('sizeOfDesign', () => {
  // rpact 3.3.4, to 12 digits.
  it.each<[string, Design, number, number, number, number]>([
    ['O’Brien-Fleming', obrienFleming, 1.02841097815, 8.07187408502, 0.817570090801, 1.02473416601],
    ['Pocock', pocock, 1.22857272235, 9.64291954264, 0.799123027496, 1.21337055148],
    ['spending', spending, 1.02471989147, 8.04290318952, 0.82366273752, 1.02135582753],
  ])('%s at 80 %% power', (_name, design, inflation, shift, underH1, underH0) => {
    const size = sizeOfDesign({ ...design, alphaOneSided: 0.025, power: 0.8 });
    expect(size.inflationFactor / inflation).toBeCloseTo(1, 6);
    expect(size.drift ** 2 / shift).toBeCloseTo(1, 6);
    expect(size.expectedSampleRatioH1 / underH1).toBeCloseTo(1, 6);
    expect(size.expectedSampleRatioH0 / underH0).toBeCloseTo(1, 6);
  });

  it('a single look costs nothing, in whatever fraction it is given', () => {
    const single: Design = { criticalZ: [-normal.quantile(0.025)], fractions: [0.5], sides: 1 };
    const size = sizeOfDesign({ ...single, alphaOneSided: 0.025, power: 0.9 });
    expect(size.inflationFactor).toBeCloseTo(1, 9);
    expect(size.expectedSampleRatioH1).toBeCloseTo(1, 9);
    expect(size.expectedSampleRatioH0).toBeCloseTo(1, 9);
  });
});

describe('designDrift and powerOfDesign', () => {
  it('undo each other', () => {
    const powers = fc.double({ min: 0.1, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(powers, fc.constantFrom<1 | 2>(1, 2), (power, sides) => {
        const design = { ...pocock, sides };
        const drift = designDrift({ ...design, power });
        expect(powerOfDesign({ ...design, drift })).toBeCloseTo(power, 9);
      }),
      { seed: 47, numRuns: 30 },
    );
  });

  it('14 looks by spending lose .015 of a power of .8', () => {
    const daily = Array.from({ length: 14 }, (_, k) => (k + 1) / 14);
    const { criticalZ } = efficacyBounds({
      spending: { kind: 'obrien_fleming' },
      alphaOneSided: 0.025,
      fractions: daily,
    });
    const drift = normal.quantile(0.8) - normal.quantile(0.025);
    const power = powerOfDesign({ criticalZ, fractions: daily, drift, sides: 2 });
    expect(Math.abs(power - 0.784)).toBeLessThan(0.002);
  });

  it('without an effect the power is the error; the wrong side is no find', () => {
    expect(powerOfDesign({ ...pocock, drift: 0 })).toBeCloseTo(0.025, 9);
    expect(powerOfDesign({ ...pocock, drift: -3 })).toBeLessThan(1e-4);
    const both = { ...pocock, sides: 2 as const };
    expect(powerOfDesign({ ...both, drift: -3 })).toBe(powerOfDesign({ ...both, drift: 3 }));
    expect(powerOfDesign({ ...both, drift: 0 })).toBeLessThan(0.0250001);
  });

  it('stopping for futility costs power', () => {
    const futile = { ...pocock, futilityZ: [-0.5, 0, 0.5, 1], drift: 3 };
    expect(powerOfDesign(futile)).toBeLessThan(powerOfDesign({ ...pocock, drift: 3 }));
  });

  it('refuses a power below the error, and futility bounds on two sides', () => {
    expect(() => designDrift({ ...pocock, power: 0.02 })).toThrow(RangeError);
    expect(() => designDrift({ ...pocock, power: 1 })).toThrow(RangeError);
    const futilityZ = [0, 0, 0, 0];
    expect(() => powerOfDesign({ ...pocock, sides: 2, futilityZ, drift: 1 })).toThrow(RangeError);
    expect(() => powerOfDesign({ ...pocock, futilityZ: [0], drift: 1 })).toThrow(RangeError);
    expect(() => powerOfDesign({ ...pocock, drift: NaN })).toThrow(RangeError);
  });
});
