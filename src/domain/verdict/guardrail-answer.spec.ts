import type { GuardrailState } from './classify.js';
import {
  type AnswerRight,
  answerRight,
  type AnswerFacts,
  type AnswerStanding,
  answerStanding,
  blocksShip,
  standingOf,
} from './guardrail-answer.js';

type Seen = [GuardrailState, boolean];
const seen = ([state, sequentialHarm]: Seen) => ({ state, sequentialHarm });
const HELD: Seen = ['non_inferior', false];
const UNRESOLVED: Seen = ['unresolved', false];
const UNKNOWN: Seen = ['not_computed', false];
const BREACHED: Seen = ['breached', false];
const HARM: Seen = ['unresolved', true];

describe('answerStanding', () => {
  it.each<[string, Seen, { to: Seen; accepted: boolean }[], AnswerStanding, boolean]>([
    ['a guardrail that holds', HELD, [], 'nothing_to_answer', false],
    ['a breach nobody answered', BREACHED, [], 'unanswered', true],
    ['an unresolved one nobody answered', UNRESOLVED, [], 'unanswered', true],
    ['one that is not computed', UNKNOWN, [], 'unanswered', true],
    ['harm before maturity', HARM, [], 'unanswered', true],
    ['an accepted breach', BREACHED, [{ to: BREACHED, accepted: true }], 'accepted', false],
    ['a declined breach', BREACHED, [{ to: BREACHED, accepted: false }], 'declined', true],
    [
      'an unresolved one that became a breach since',
      BREACHED,
      [{ to: UNRESOLVED, accepted: true }],
      'outgrown',
      true,
    ],
    [
      'one that was not computed and became a breach since',
      BREACHED,
      [{ to: UNKNOWN, accepted: true }],
      'outgrown',
      true,
    ],
    [
      'an unresolved one that crossed the bound for harm since',
      HARM,
      [{ to: UNRESOLVED, accepted: true }],
      'outgrown',
      true,
    ],
    [
      'a refusal that was outgrown, too',
      BREACHED,
      [{ to: UNRESOLVED, accepted: false }],
      'outgrown',
      true,
    ],
    [
      'a breach that got better since',
      UNRESOLVED,
      [{ to: BREACHED, accepted: true }],
      'accepted',
      false,
    ],
    ['two ways of not knowing', UNRESOLVED, [{ to: UNKNOWN, accepted: true }], 'accepted', false],
    ['harm is a breach', BREACHED, [{ to: HARM, accepted: true }], 'accepted', false],
    [
      'the newest answer holds: taken back',
      BREACHED,
      [
        { to: BREACHED, accepted: true },
        { to: BREACHED, accepted: false },
      ],
      'declined',
      true,
    ],
    [
      'the newest answer holds: answered anew',
      BREACHED,
      [
        { to: UNRESOLVED, accepted: true },
        { to: BREACHED, accepted: true },
      ],
      'accepted',
      false,
    ],
    [
      'one that holds by now, whatever was said',
      HELD,
      [{ to: BREACHED, accepted: false }],
      'nothing_to_answer',
      false,
    ],
  ])('%s', (_name, now, given, standing, blocks) => {
    const answers = given.map(({ to, accepted }) => ({ ...seen(to), accepted }));
    expect(answerStanding(seen(now), answers)).toBe(standing);
    expect(blocksShip(standing)).toBe(blocks);
  });
});

describe('standingOf', () => {
  const answer = (metric: string, variant: string, accepted = true): AnswerFacts => ({
    metric,
    variant,
    accepted,
    ...seen(BREACHED),
  });
  const answers = [
    answer('tickets', 'short'),
    answer('calls', 'long'),
    answer('churn', 'short', false),
  ];

  it.each<[string, AnswerStanding]>([
    ['tickets', 'accepted'],
    ['calls', 'unanswered'],
    ['churn', 'declined'],
    ['refunds', 'unanswered'],
  ])('takes the answers to %s in this variant, and no other', (key, standing) => {
    expect(standingOf({ key, ...seen(BREACHED) }, 'short', answers)).toBe(standing);
  });
});

describe('answerRight', () => {
  it.each<[string, string, string | null, string[], AnswerRight]>([
    ['the owner', 'm2', 'm2', [], 'owner'],
    ['the owner who proposed the change', 'm1', 'm1', ['m2'], 'owner'],
    ['a colleague of the owner', 'm3', 'm2', ['m2', 'm3'], 'not-guardrail-owner'],
    ['the author beside an owner', 'm1', 'm2', [], 'not-guardrail-owner'],
    ['a member of the department, without an owner', 'm2', null, ['m2'], 'department'],
    ['somebody else, without an owner', 'm3', null, ['m2'], 'not-guardrail-owner'],
    ['somebody where nobody could', 'm3', null, [], 'not-guardrail-owner'],
    [
      'the author where the department has others',
      'm1',
      null,
      ['m1', 'm2'],
      'author-cannot-answer',
    ],
    ['the author of another department', 'm1', null, ['m2'], 'not-guardrail-owner'],
    ['the author where nobody else is', 'm1', null, ['m1'], 'alone'],
    ['the author where nobody is', 'm1', null, [], 'alone'],
  ])('%s', (_name, memberId, owner, departmentMembers, right) => {
    expect(answerRight({ memberId, author: 'm1', owner, departmentMembers })).toBe(right);
  });
});
