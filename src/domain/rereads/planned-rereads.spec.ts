import { plannedRereads } from './planned-rereads.js';

const decidedAt = new Date('2026-03-01T08:30:00Z');

describe('when the money behind a decision is read again', () => {
  it('at four horizons, to the minute and across changes of the hour', () => {
    const planned = plannedRereads({ kind: 'ab', decidedAt, rereadAt: null });
    expect(planned.map(({ kind, days, dueAt }) => [kind, days, dueAt.toISOString()])).toEqual([
      ['horizon', 30, '2026-03-31T08:30:00.000Z'],
      ['horizon', 90, '2026-05-30T08:30:00.000Z'],
      ['horizon', 180, '2026-08-28T08:30:00.000Z'],
      ['horizon', 365, '2027-03-01T08:30:00.000Z'],
    ]);
  });

  it('and on the day that a provisional ship promised, in its place', () => {
    const rereadAt = new Date('2026-04-15T00:00:00Z');
    const planned = plannedRereads({ kind: 'ab', decidedAt, rereadAt });
    expect(planned.map(({ kind, days }) => [kind, days])).toEqual([
      ['horizon', 30],
      ['provisional', null],
      ['horizon', 90],
      ['horizon', 180],
      ['horizon', 365],
    ]);
    expect(planned[1]?.dueAt).toEqual(rereadAt);
  });

  it('never for a test of a thing with itself', () => {
    expect(plannedRereads({ kind: 'aa', decidedAt, rereadAt: decidedAt })).toEqual([]);
  });
});
