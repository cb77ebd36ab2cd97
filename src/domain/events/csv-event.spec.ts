import { Invalid } from '../errors.js';
import { CSV_COLUMNS, csvColumns, eventOfCells } from './csv-event.js';

const UNIT = 'unitKind,unitId';

function refusal(header: string): string[] {
  try {
    csvColumns(header.split(','));
    return [];
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return [error.code, ...error.errors.map(({ pointer, code }) => `${pointer} ${code}`)];
  }
}

describe('the header line of a table of events', () => {
  it.each([
    ['the least', `id,type,occurredAt,${UNIT}`],
    ['any order', `${UNIT},occurredAt,type,id`],
    ['spaces around names', ` id , type,occurredAt ,${UNIT}`],
    ['links alone', 'id,type,occurredAt,fromKind,fromId,toKind,toId'],
    ['all of it', [...CSV_COLUMNS, 'attributes.country', 'properties.plan size'].join(',')],
  ])('takes %s', (_, header) => {
    expect(refusal(header)).toEqual([]);
  });

  it.each([
    ['a column that means nothing', `id,type,occurredAt,${UNIT},colour`, 'colour unknown-column'],
    ['another case', `Id,type,occurredAt,${UNIT},id`, 'Id unknown-column'],
    ['a column without a name', `id,type,occurredAt,${UNIT},`, ' unknown-column'],
    [
      'a property without a name',
      `id,type,occurredAt,${UNIT},properties.`,
      'properties. unknown-column',
    ],
    ['another group', `id,type,occurredAt,${UNIT},traits.x`, 'traits.x unknown-column'],
    ['a member of every object', `id,type,occurredAt,${UNIT},toString`, 'toString unknown-column'],
    [
      'a prototype',
      `id,type,occurredAt,${UNIT},properties.__proto__`,
      'properties.__proto__ unknown-column',
    ],
    ['a slash', `id,type,occurredAt,${UNIT},a/b~c`, 'a~1b~0c unknown-column'],
    ['a column twice', `id,type,occurredAt,${UNIT},id`, 'id duplicate-column'],
    ['no id', `type,occurredAt,${UNIT}`, 'id missing-column'],
    ['no unit', 'id,type,occurredAt', 'unitKind missing-column,unitId missing-column'],
    ['half a unit', 'id,type,occurredAt,unitId', 'unitKind missing-column'],
    [
      'half a link',
      `id,type,occurredAt,${UNIT},fromKind,fromId`,
      'toKind missing-column,toId missing-column',
    ],
  ])('refuses %s', (_, header, expected) => {
    const [code, ...errors] = refusal(header);
    expect(errors.join(',')).toBe(
      expected
        .split(',')
        .map((fault) => `/columns/${fault}`)
        .join(','),
    );
    expect(code).toBe(expected.split(/[ ,]/).find((word) => word.endsWith('-column')));
  });

  it('names everything that is wrong at once', () => {
    expect(refusal('id,colour,unitKind,unitId')).toEqual([
      'unknown-column',
      '/columns/colour unknown-column',
      '/columns/type missing-column',
      '/columns/occurredAt missing-column',
    ]);
  });
});

describe('a row of a table of events', () => {
  const read = (header: string, row: string) =>
    eventOfCells(csvColumns(header.split(',')), row.split(','));
  const common = { id: 'e1', occurredAt: 'T', unit: { kind: 'user', id: 'u1' } };
  const COMMON = `id,type,occurredAt,${UNIT}`;

  it.each([
    [
      'exposure',
      `${COMMON},experiment,variant,attributes.country,attributes.age`,
      'e1,exposure,T,user,u1,checkout,treatment,DE,42',
      {
        ...common,
        type: 'exposure',
        experiment: 'checkout',
        variant: 'treatment',
        attributes: { country: 'DE', age: 42 },
      },
    ],
    [
      'event',
      `${COMMON},name,value,properties.plan,properties.isTrial,properties.code`,
      'e1,event,T,user,u1,signup,2.5,annual,true,007',
      {
        ...common,
        type: 'event',
        name: 'signup',
        value: 2.5,
        properties: { plan: 'annual', isTrial: true, code: '007' },
      },
    ],
    [
      'money',
      `${COMMON},name,amountMinor,currency,refersTo,sentAt`,
      'e1,money,T,user,u1,refund,-4900,EUR,e0,S',
      {
        ...common,
        type: 'money',
        name: 'refund',
        amountMinor: -4900,
        currency: 'EUR',
        refersTo: 'e0',
        sentAt: 'S',
      },
    ],
    [
      'identify',
      'id,type,occurredAt,fromKind,fromId,toKind,toId',
      'e1,identify,T,visitor,v1,user,u1',
      {
        id: 'e1',
        type: 'identify',
        occurredAt: 'T',
        from: { kind: 'visitor', id: 'v1' },
        to: { kind: 'user', id: 'u1' },
      },
    ],
    [
      'event with empty cells',
      `${COMMON},name,value,currency,properties.plan,attributes.country`,
      'e1,event,T,user,u1,signup,,,,',
      { ...common, type: 'event', name: 'signup' },
    ],
    [
      'id of digits, which stays text',
      COMMON,
      '12,event,T,user,34',
      { id: '12', type: 'event', occurredAt: 'T', unit: { kind: 'user', id: '34' } },
    ],
  ])('becomes the %s', (_, header, row, event) => {
    expect(read(header, row)).toEqual(event);
  });

  it.each([
    ['4900.0', 4900],
    ['1e999', '1e999'],
    ['+5', '+5'],
    ['9007199254740993', '9007199254740993'],
    ['true', 'true'],
  ])('an amount of %j is %p for the reader of events', (cell, amountMinor) => {
    const cells = ['e1', 'money', 'T', 'user', 'u1', cell];
    expect(eventOfCells(csvColumns(`${COMMON},amountMinor`.split(',')), cells)).toMatchObject({
      amountMinor,
    });
  });

  it.each([
    ['too few cells', 'e1,event,T,user', 'wrong-cell-count'],
    ['too many cells', 'e1,event,T,user,u1,x', 'wrong-cell-count'],
    ['bytes that were no UTF-8', 'e1,event,T,user,u\ufffd', 'invalid-encoding'],
    ['NUL', 'e1,event,T,user,u\0', 'invalid-string'],
  ])('is refused for %s', (_, row, code) => {
    expect(read(COMMON, row)).toBe(code);
  });
});
