import { quoteEchoes } from './quote-echoes.js';

const quote = (exact: string) => ({ id: 'quote', interviewId: 'i1', participantId: 'p1', exact });
const turn = (text: string, interviewId = 'i2', participantId: string | null = 'p2') => ({
  interviewId,
  participantId,
  text,
});
const EXACT = 'nobody could tell me the total price';

describe('the same whole quote by somebody else', () => {
  it.each([
    ['word for word', turn(`Well, ${EXACT}.`), ['p2']],
    ['in other case and spacing', turn('NOBODY could   tell me\nthe total price'), ['p2']],
    ['but for one word', turn('nobody could tell us the total price'), []],
    ['by the interviewer', turn(EXACT, 'i2', null), []],
    ['by the same person', turn(EXACT, 'i2', 'p1'), []],
    ['in the same session', turn(EXACT, 'i1', 'p2'), []],
  ])('%s', (_, said, by) => {
    expect(quoteEchoes([quote(EXACT)], [said]).get('quote') ?? []).toEqual(by);
  });

  it('is not looked for in five words, which many say', () => {
    const short = 'it was very quick indeed';
    expect(quoteEchoes([quote(short)], [turn(short)]).size).toBe(0);
  });

  it('names each person once', () => {
    const turns = [turn(EXACT), turn(EXACT, 'i3'), turn(EXACT, 'i4', 'p4')];
    expect(quoteEchoes([quote(EXACT)], turns).get('quote')).toEqual(['p2', 'p4']);
  });
});
