import type { PlannedPeople } from '../study.js';
import { coverageOf, type HeardPerson } from './coverage.js';

const stages = ['awareness', 'trial', 'purchase'];

const person = (
  participantId: string,
  stage: string | undefined,
  buyingRoles: readonly string[] = [],
  population: HeardPerson['population'] = 'lead',
): HeardPerson => ({ participantId, population, ...(stage ? { stage } : {}), buyingRoles });

const plan: PlannedPeople[] = [
  { population: 'lead', stage: 'trial', count: 3 },
  { population: 'lead', stage: 'purchase', buyingRole: 'decider', count: 2 },
  { population: 'customer', buyingRole: 'user', count: 1 },
];

const heard = [
  person('ann', 'trial', ['user']),
  person('ann', 'purchase', ['user', 'decider']),
  person('bob', 'trial'),
  person('bob', 'trial'),
  person('eve', 'trial', [], 'customer'),
];

describe('coverageOf', () => {
  it('counts people per stage in the order of the journey', () => {
    expect(coverageOf({ stages, plan, heard }).stages).toEqual([
      { stage: 'awareness', planned: 0, heard: 0, missing: 0 },
      { stage: 'trial', planned: 3, heard: 3, missing: 1 },
      { stage: 'purchase', planned: 2, heard: 1, missing: 1 },
    ]);
  });

  it('counts people per role, with those that only the project names', () => {
    const { buyingRoles } = coverageOf({ stages, buyingRoles: ['initiator'], plan, heard });
    expect(buyingRoles).toEqual([
      { buyingRole: 'initiator', planned: 0, heard: 0, missing: 0 },
      { buyingRole: 'decider', planned: 2, heard: 1, missing: 1 },
      { buyingRole: 'user', planned: 1, heard: 1, missing: 1 },
    ]);
  });

  it('fills a line only with people of its population, stage and role', () => {
    const lines = coverageOf({ stages, plan, heard }).plan;
    expect(lines.map((line) => [line.planned, line.heard, line.missing])).toEqual([
      [3, 2, 1],
      [2, 1, 1],
      [1, 0, 1],
    ]);
  });

  it('never misses fewer than nobody', () => {
    const [line] = coverageOf({
      stages,
      plan: [{ population: 'lead', count: 1 }],
      heard,
    }).plan;
    expect(line).toMatchObject({ planned: 1, heard: 2, missing: 0 });
  });

  it('names who is unheard', () => {
    const { unheardStages, unheardRoles } = coverageOf({
      stages,
      buyingRoles: ['initiator', 'user'],
      plan,
      heard,
    });
    expect(unheardStages).toEqual(['awareness']);
    expect(unheardRoles).toEqual(['initiator']);
  });

  it('shows a stage that only an interview or the plan names', () => {
    const extra = coverageOf({
      stages: [],
      plan: [{ population: 'lead', stage: 'renewal', count: 1 }],
      heard: [person('ann', 'onboarding')],
    });
    expect(extra.stages.map(({ stage }) => stage)).toEqual(['renewal', 'onboarding']);
  });

  it.each([
    [
      'an unheard line before one that lacks more',
      plan,
      heard,
      'Next, ask a person of the population customer in the role user: 0 of 1 heard.',
    ],
    [
      'the line that lacks most among those begun',
      [
        { population: 'lead', stage: 'trial', count: 3 },
        { population: 'lead', stage: 'purchase', count: 4 },
      ],
      heard,
      'Next, ask a person of the population lead at the stage purchase: 1 of 4 heard.',
    ],
    ['a stage nobody speaks for', [], heard, 'Next, ask somebody at the stage awareness'],
    ['a stage when nobody was heard', [], [], 'Next, ask somebody at the stage awareness'],
  ] as [string, PlannedPeople[], HeardPerson[], string][])(
    'asks next for %s',
    (_name, toHear, people, sentence) => {
      const { next } = coverageOf({ stages, plan: toHear, heard: people });
      expect(next?.sentence).toContain(sentence);
    },
  );

  it('asks for a role once every stage is heard, and then for nobody', () => {
    const people = [person('ann', 'trial', ['user'])];
    const input = { stages: ['trial'], plan: [], heard: people };
    expect(coverageOf({ ...input, buyingRoles: ['gatekeeper'] }).next).toEqual({
      buyingRole: 'gatekeeper',
      sentence: 'Next, ask somebody in the role gatekeeper: nobody was heard in it.',
    });
    const met: PlannedPeople[] = [{ population: 'lead', stage: 'trial', count: 1 }];
    expect(coverageOf({ ...input, plan: met, buyingRoles: ['user'] }).next).toBeNull();
  });
});
