import { EventFault } from './event.js';
import { letterItem } from './letter-item.js';

const ID = 'visitor-1';
const EVENT = { id: 'e-1', type: 'event', name: 'signup', unit: { kind: 'visitor', id: ID } };

describe('what is kept of a refused item', () => {
  it.each<[string, unknown, object | null]>([
    [
      'a whole event',
      EVENT,
      { id: 'e-1', type: 'event', name: 'signup', unit: { kind: 'visitor' } },
    ],
    [
      'both units',
      { from: { kind: 'user', id: 'a' }, to: { kind: 'account', id: 'b' } },
      { from: { kind: 'user' }, to: { kind: 'account' } },
    ],
    [
      'free members',
      { ...EVENT, properties: { plan: 'pro' } },
      {
        id: 'e-1',
        type: 'event',
        name: 'signup',
        unit: { kind: 'visitor' },
        properties: { plan: 'pro' },
      },
    ],
    ['a member events do not have', { id: 'e-1', userId: ID }, { id: 'e-1' }],
    ['a unit that is text', { id: 'e-1', unit: ID }, { id: 'e-1' }],
    [
      'an id of a unit that is a number',
      { id: 'e-1', unit: { kind: 'user', id: 7 }, value: 7 },
      null,
    ],
    ['the unit once more', { ...EVENT, properties: { of: [ID] } }, null],
    [
      'an empty id of a unit',
      { id: 'e-1', unit: { kind: 'user', id: '' }, name: '' },
      { id: 'e-1', name: '', unit: { kind: 'user' } },
    ],
    ['too much', { ...EVENT, name: 'x'.repeat(2_048) }, null],
    ['NUL', { id: 'e-1', name: '\0' }, null],
    ['half a character', { id: 'e-1', name: '\ud800' }, null],
    ['text', ID, null],
    ['a list', [ID], null],
    ['null', null, null],
    ['nothing known', { visitor: ID }, null],
    ['a line that could not be read', new EventFault('malformed-json', 'not JSON'), null],
  ])('%s', (_, raw, kept) => {
    const text = letterItem(raw);
    expect(text === null ? null : JSON.parse(text)).toEqual(kept);
  });
});
