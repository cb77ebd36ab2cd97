import { FORCED_UNITS_MAX, forcedVariantFaults } from './forced-variants.js';

const VARIANTS = ['control', 'short'];
const units = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`unit-${index}`, 'short']));

describe('forcedVariantFaults', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['nobody', {}, []],
    ['the control and another', { 'u-1': 'control', 'u-2': 'short' }, []],
    ['as many as may be', units(FORCED_UNITS_MAX), []],
    ['one more', units(FORCED_UNITS_MAX + 1), ['/units too-many-units']],
    ['a variant that is not there', { 'u-1': 'long' }, ['/units/u-1 unknown-variant']],
    ['something else than a key', { 'u-1': ['short'] }, ['/units/u-1 unknown-variant']],
    ['what every object has', { 'u-1': 'constructor' }, ['/units/u-1 unknown-variant']],
    ['no id', { '': 'short' }, ['/units/ invalid-unit-id']],
    [
      'an e-mail address',
      { 'a@b.example': 'short' },
      ['/units/a@b.example unit-id-looks-personal'],
    ],
    ['signs of pointers', { 'a/b~c': 'long' }, ['/units/a~1b~0c unknown-variant']],
  ])('%s', (_name, given, faults) => {
    const found = forcedVariantFaults(given, VARIANTS);
    expect(found.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(faults);
  });
});
