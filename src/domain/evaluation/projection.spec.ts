import { type ProjectionCase, projectionsOf } from './projection.js';

const names = { variant: 'short', control: 'control' };
const absolute = { estimate: 0.5, lower: -0.25, upper: 1.25, standardError: 0.375 };
const uncapped = { estimate: 2, lower: -3, upper: 7, standardError: 2.5 };
const situation: ProjectionCase = {
  comparisons: [{ ...names, absolute }],
  units: { control: 800, short: 400 },
  unitsPerYear: 10_000,
  isCapped: false,
};
const soFar = { units: 400, estimate: 200, lower: -100, upper: 500 };
const perYear = { units: 10_000, estimate: 5_000, lower: -2_500, upper: 12_500 };

describe('what a difference of money comes to', () => {
  it('is the difference per unit times the units, and so are its bounds', () => {
    expect(projectionsOf(situation)).toEqual([
      { variant: 'short', values: 'uncapped', soFar, perYear },
    ]);
  });

  it('stands beside that of the money as it came where values are cut', () => {
    const comparisons = [{ ...names, absolute, uncapped }];
    expect(projectionsOf({ ...situation, comparisons, isCapped: true })).toEqual([
      {
        variant: 'short',
        values: 'capped',
        soFar,
        perYear,
        uncapped: {
          soFar: { units: 400, estimate: 800, lower: -1_200, upper: 2_800 },
          perYear: { units: 10_000, estimate: 20_000, lower: -30_000, upper: 70_000 },
        },
      },
    ]);
  });

  it('has no year where the traffic is not known', () => {
    expect(projectionsOf({ ...situation, unitsPerYear: null })).toEqual([
      { variant: 'short', values: 'uncapped', soFar },
    ]);
  });

  it.each<[string, Partial<ProjectionCase>]>([
    ['nothing was compared', { comparisons: [names] }],
    ['the variant has no units', { units: { control: 800, short: 0 } }],
  ])('is not there when %s', (_name, changes) => {
    expect(projectionsOf({ ...situation, ...changes })).toEqual([]);
  });
});
