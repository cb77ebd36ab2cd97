import {
  followUpOfLuckyWin,
  followUpsOfPlan,
  followUpsOfSurprises,
  followUpState,
  peopleToHear,
  populationOf,
} from './follow-up.js';
import type { SaidSurprise } from './said.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const days = (count: number) => new Date(NOW.getTime() + count * 86_400_000);

describe('a follow-up', () => {
  it.each<[string, { isClosed?: boolean; heard?: number; dueAt?: Date }, string]>([
    ['nobody heard yet', {}, 'open'],
    ['nobody heard, on the day', { dueAt: NOW }, 'overdue'],
    ['too few heard, after it', { heard: 2, dueAt: days(-1) }, 'overdue'],
    ['enough heard', { heard: 3 }, 'answered'],
    ['enough heard, late', { heard: 4, dueAt: days(-1) }, 'answered'],
    ['closed, whoever was heard', { isClosed: true, heard: 3, dueAt: days(-1) }, 'closed'],
  ])('%s', (_name, changes, state) => {
    const followUp = { isClosed: false, heard: 0, people: 3, dueAt: days(1), now: NOW, ...changes };
    expect(followUpState(followUp)).toBe(state);
  });

  it('hears three people, five where the strictest rules hold', () => {
    expect((['explore', 'standard', 'rigorous'] as const).map(peopleToHear)).toEqual([3, 3, 5]);
  });

  it('is of the first population that a study can be of', () => {
    expect(populationOf({ populations: ['visitors', 'customer', 'lead'] })).toBe('customer');
    expect(populationOf({ populations: ['visitors'] })).toBe('user');
  });
});

describe('follow-ups of surprises', () => {
  const asked = (changes: Partial<SaidSurprise> = {}): SaidSurprise => ({
    code: 'GUARDRAIL_MOVED',
    followUp: { question: 'What made you call?', dueAt: days(9) },
    ...changes,
  });
  const opened = (said: SaidSurprise[], ...computed: [string, string | null, number][]) =>
    followUpsOfSurprises(
      {
        said: { why: null, links: [], surprises: said, sideEffects: [] },
        surprises: computed.map(([subject, variant, answer]) => ({
          code: 'GUARDRAIL_MOVED' as const,
          subject,
          variant,
          sentence: '',
          answer: said[answer] ?? null,
        })),
      },
      3,
    ).map(({ surprise, subject, variant, question, people, dueAt }) => [
      surprise,
      subject,
      variant,
      question,
      people,
      dueAt,
    ]);
  const of = (subject: string | null, variant: string | null) => [
    'GUARDRAIL_MOVED',
    subject,
    variant,
    'What made you call?',
    3,
    days(9),
  ];

  it('are one for each question, about what it answers', () => {
    expect(opened([asked()], ['tickets', 'short', 0])).toEqual([of('tickets', 'short')]);
    expect(opened([asked()], ['tickets', 'short', 0], ['tickets', 'bold', 0])).toEqual([
      of('tickets', null),
    ]);
    expect(opened([asked()], ['tickets', 'short', 0], ['churn', 'short', 0])).toEqual([
      of(null, 'short'),
    ]);
    expect(opened([asked({ subject: 'churn' })])).toEqual([of('churn', null)]);
  });

  it('are none where the answer is no question', () => {
    expect(opened([{ code: 'GUARDRAIL_MOVED', closedUnexplained: 'No.' }])).toEqual([]);
  });
});

describe('follow-ups that nobody has to ask for', () => {
  it('a lucky win asks why, within thirty days', () => {
    const win = {
      experimentKey: 'checkout',
      variant: 'short',
      metricKey: 'clicks',
      people: 5,
      now: NOW,
    };
    expect(followUpOfLuckyWin(win)).toMatchObject({
      openedFor: 'lucky_win',
      subject: 'clicks',
      variant: 'short',
      people: 5,
      dueAt: days(30),
      question:
        'Why did clicks move with the variant short of checkout, if not for the reason that was given?',
    });
  });

  it.each<[string, number, number[]]>([
    ['before its time', 3, []],
    ['on its day', 2, [0]],
    ['while it is due', -27, [0]],
    ['after all its time', -28, []],
  ])('a planned one %s', (_name, afterDays, positions) => {
    const planned = [{ question: 'What did you know?', afterDays: afterDays + 10, people: 0 }];
    const opened = followUpsOfPlan(planned, { launchedAt: days(-12), now: NOW });
    expect(opened.map(({ position }) => position)).toEqual(positions);
    expect(opened.every(({ people }) => people === 1)).toBe(true);
  });

  it('a planned one without words is none', () => {
    const planned = [{ question: ' ', afterDays: 1, people: 3 }];
    expect(followUpsOfPlan(planned, { launchedAt: days(-2), now: NOW })).toEqual([]);
  });
});
