import { numberOfText } from './json-number.js';

describe('a number written as text', () => {
  it.each([
    ['0', 0],
    ['12', 12],
    ['-3.50', -3.5],
    ['1e3', 1000],
    ['2.5E-1', 0.25],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740993', null],
    ['1e18', 1e18],
    ['1e19', null],
    ['1e999', null],
    ['-0', null],
    ['007', null],
    ['+1', null],
    ['.5', null],
    ['1.', null],
    ['1,5', null],
    ['1 000', null],
    [' 1', null],
    ['0x10', null],
    ['Infinity', null],
    ['NaN', null],
    ['', null],
  ])('%j is %p', (text, number) => {
    expect(numberOfText(text)).toBe(number);
  });
});
