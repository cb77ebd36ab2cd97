import { IMPORTED_NAME_MAX, nameFault } from './name-fault.js';

describe('a name that a file brings', () => {
  it.each([
    ['P-01', null],
    ['Äiti 😬', null],
    ['n'.repeat(IMPORTED_NAME_MAX), null],
    ['n'.repeat(IMPORTED_NAME_MAX + 1), 'too-long'],
    ['P\u0000', 'unreadable-character'],
    ['P\n01', 'unreadable-character'],
    ['P\u200b-01', 'unreadable-character'],
    ['\u202eP', 'unreadable-character'],
  ])('%j: %s', (name, fault) => {
    expect(nameFault(name)).toBe(fault);
  });
});
