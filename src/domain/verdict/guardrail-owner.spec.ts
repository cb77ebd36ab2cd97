import { answererInWords, guardrailOwner } from './guardrail-owner.js';

const NAMES = new Map([
  ['m1', 'Author'],
  ['m2', 'Head of support'],
  ['m3', 'Agent'],
]);
const PROJECT = {
  departments: [
    { key: 'support', stages: [], touchpoints: [], memberIds: ['m2', 'm3'] },
    { key: 'empty', stages: [], touchpoints: [], memberIds: [] },
  ],
};

describe('who answers for a guardrail', () => {
  it.each<[string, { owner?: string; department?: string }, string | null, string[], string]>([
    [
      'a member by name',
      { owner: 'Head of support', department: 'support' },
      'm2',
      ['m2', 'm3'],
      'Head of support',
    ],
    ['a member by id', { owner: 'm3' }, 'm3', [], 'Agent'],
    [
      'nobody of the project, so the department',
      { owner: 'Somebody who left', department: 'support' },
      null,
      ['m2', 'm3'],
      'a member of support',
    ],
    ['the department', { department: 'support' }, null, ['m2', 'm3'], 'a member of support'],
    [
      'a department of nobody',
      { department: 'empty' },
      null,
      [],
      'whoever proposed the change, as nobody owns it,',
    ],
    ['nobody', {}, null, [], 'whoever proposed the change, as nobody owns it,'],
  ])('%s', (_name, metric, member, departmentMembers, words) => {
    const owner = guardrailOwner(metric, PROJECT, NAMES);
    expect([owner.member?.id ?? null, owner.departmentMembers]).toEqual([
      member,
      departmentMembers,
    ]);
    expect(answererInWords(owner)).toBe(words);
  });
});
