import { saturatedAfter } from './guest-saturation.js';

describe('saturatedAfter', () => {
  it.each([
    ['nothing new at once', [5, 5, 5, 5, 0, 0], 2, 0, 4],
    ['one of twenty is five percent', [5, 5, 5, 5, 1, 0], 2, 0.05, 4],
    ['one of twenty is not nothing', [5, 5, 5, 5, 1, 0], 2, 0, null],
    ['two of twenty is ten percent', [5, 5, 5, 5, 1, 1], 2, 0.05, null],
    ['the run slides by one', [5, 5, 5, 5, 2, 1, 0, 1], 2, 0.05, 5],
    ['a later find ends a run of three', [5, 5, 5, 5, 0, 0, 3], 3, 0.05, null],
    ['a run of three needs seven interviews', [5, 5, 5, 5, 0, 0], 3, 0.05, null],
    ['a base without codes measures nothing', [0, 0, 0, 0, 0, 0], 2, 0.05, null],
    ['one code is a base', [1, 0, 0, 0, 0, 0], 2, 0, 4],
    ['the base may have empty interviews', [9, 0, 0, 0, 0, 0], 2, 0, 4],
    ['no interviews', [], 2, 0.05, null],
  ])('%s', (_name, newCodes, run, threshold, expected) => {
    expect(saturatedAfter(newCodes, run, threshold)).toBe(expected);
  });
});
