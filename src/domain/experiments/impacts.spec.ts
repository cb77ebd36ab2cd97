import {
  acknowledgementRight,
  type AcknowledgementRight,
  concernedDepartments,
  impactStandings,
} from './impacts.js';

describe('acknowledgementRight', () => {
  it.each<[string, string, string[], AcknowledgementRight]>([
    ['a member of the department', 'm2', ['m2'], 'together'],
    ['a member beside the author', 'm2', ['m1', 'm2'], 'together'],
    ['somebody else', 'm3', ['m2'], 'not-in-department'],
    ['somebody else where nobody is in it', 'm3', [], 'not-in-department'],
    ['the author where others are', 'm1', ['m1', 'm2'], 'author-cannot-acknowledge'],
    ['the author of another department', 'm1', ['m2'], 'not-in-department'],
    ['the author as its only member', 'm1', ['m1'], 'alone'],
    ['the author where nobody is in it', 'm1', [], 'alone'],
  ])('%s', (_name, memberId, departmentMembers, right) => {
    expect(acknowledgementRight({ memberId, author: 'm1', departmentMembers })).toBe(right);
  });
});

describe('impactStandings', () => {
  const given = (department: string, digest: string, day: number) => ({
    department,
    digest,
    memberId: `m${day}`,
    alone: false,
    acknowledgedAt: new Date(Date.UTC(2026, 2, day)),
  });

  it('is of the entry as it reads now; the latest older one makes it stale', () => {
    const standings = impactStandings({
      concerned: ['support', 'billing'],
      entries: [
        { department: 'support', digest: 'new' },
        { department: 'sales', digest: 'same' },
        { department: 'legal', digest: 'unread' },
      ],
      acknowledgements: [
        given('support', 'older', 1),
        given('support', 'old', 2),
        given('sales', 'other', 4),
        given('sales', 'same', 3),
      ],
    });
    expect(
      standings.map(({ department, state, acknowledgement }) => [
        department,
        state,
        acknowledgement?.memberId,
      ]),
    ).toEqual([
      ['billing', 'missing', undefined],
      ['legal', 'unacknowledged', undefined],
      ['sales', 'acknowledged', 'm3'],
      ['support', 'stale', 'm2'],
    ]);
  });
});

describe('concernedDepartments', () => {
  const department = (key: string, stages: string[], touchpoints: string[]) => ({
    key,
    stages,
    touchpoints,
    memberIds: [],
  });
  const project = {
    departments: [
      department('billing', [], ['invoice']),
      department('marketing', ['pricing'], []),
      department('onboarding', ['trial'], []),
      department('support', [], []),
    ],
  };
  const link = { sign: '+', lagDays: 0, basis: 'assumption' } as const;
  const rationale = {
    chain: [
      { from: 'change', to: 'experience:invoice', ...link },
      { from: 'experience:invoice', to: 'metric:calls', ...link },
    ],
  };
  const metrics = [
    { key: 'calls', department: 'support' },
    { key: 'other', department: 'legal' },
  ];

  it.each<[string, string[], typeof rationale | undefined, string[]]>([
    ['owners of a stage of the audience', ['pricing'], undefined, ['marketing']],
    ['owners of a touchpoint or a metric on the way', [], rationale, ['billing', 'support']],
    [
      'all of them, in the order of the project',
      ['trial'],
      rationale,
      ['billing', 'onboarding', 'support'],
    ],
    ['nobody', [], undefined, []],
  ])('are %s', (_name, stages, reason, expected) => {
    const definition = {
      audience: { populations: ['lead'], stages },
      ...(reason === undefined ? {} : { rationale: reason }),
    };
    expect(concernedDepartments(definition, project, metrics)).toEqual(expected);
  });
});
