import type { OverrideRequestState } from './decide-case.js';
import { stateOfRequest } from './override-request.js';

const day = (number: number) => new Date(Date.UTC(2026, 2, number));

describe('stateOfRequest', () => {
  it.each<[string, { requestId: string | null; decidedAt: Date }[], OverrideRequestState]>([
    ['no decision', [], 'open'],
    ['a decision before it', [{ requestId: null, decidedAt: day(9) }], 'open'],
    ['a decision at the same instant', [{ requestId: null, decidedAt: day(10) }], 'open'],
    ['a decision since', [{ requestId: null, decidedAt: day(11) }], 'overtaken'],
    ['a decision since on another request', [{ requestId: 'r2', decidedAt: day(11) }], 'overtaken'],
    ['a decision on it', [{ requestId: 'r1', decidedAt: day(11) }], 'used'],
    [
      'a decision on it, and one since',
      [
        { requestId: 'r1', decidedAt: day(11) },
        { requestId: null, decidedAt: day(12) },
      ],
      'used',
    ],
  ])('%s', (_name, decisions, state) => {
    expect(stateOfRequest({ id: 'r1', requestedAt: day(10) }, decisions)).toBe(state);
  });
});
