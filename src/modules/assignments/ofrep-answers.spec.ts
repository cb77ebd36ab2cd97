import { compileFlag, type ServableExperiment } from '../../domain/assignment/compile-flag.js';
import type { LiveFlag, ProjectFlags } from './assignment-config.reader.js';
import { flagOf, ProjectAnswers } from './ofrep-answers.js';

type Changes = Partial<Omit<ServableExperiment, 'plan'>> & {
  plan?: Partial<ServableExperiment['plan']>;
};

function flag(key: string, { plan, ...changes }: Changes = {}): LiveFlag {
  const experiment: ServableExperiment = {
    status: 'running',
    decision: null,
    ...changes,
    plan: {
      seed: key,
      unit: 'visitor',
      assignment: 'internal',
      traffic: 0.8,
      audience: {},
      variants: [
        { key: 'control', weight: 1, killed: false, control: true, value: 'a "quoted" {{0}}' },
        { key: 'treatment', weight: 1, killed: false, control: false, value: 'é\u2028\n' },
      ],
      ...plan,
    },
  };
  const compiled = compileFlag(experiment);
  if (compiled === null) throw new Error('not served');
  const { status } = experiment;
  return { experimentId: `id-${key}`, key, status, compiled } as LiveFlag;
}

function project(...flags: LiveFlag[]): ProjectFlags {
  const byKey = new Map(flags.map((one) => [one.key, one]));
  return { projectId: 'p', version: 'v', changedAt: new Date(0), flags: byKey };
}

describe('OFREP answers', () => {
  const values = [0, 1.5, true, { nested: { bucket: 0 }, list: [1] }];
  const flags = [
    flag('texts'),
    flag('paused', { status: 'paused' }),
    flag('forced', { forced: new Map([['u-3', 'treatment']]) }),
    flag('for-some', {
      plan: { audience: { conditions: [{ property: 'country', operator: 'eq', value: 'DE' }] } },
    }),
    ...values.map((value, index) =>
      flag(`value-${index}`, {
        plan: {
          variants: [
            { key: 'c', weight: 1, killed: false, control: true, value },
            { key: 't', weight: 1, killed: false, control: false, value },
          ],
        },
      }),
    ),
    flag('of-accounts', { plan: { unit: 'account' } }),
  ];
  const answers = ProjectAnswers.of(project(...flags));

  it('are the bytes that JSON.stringify would make of them', () => {
    const told = new Set<string>();
    for (let index = 0; index < 200; index += 1) {
      const country = index % 2 === 0 ? 'DE' : 'FR';
      const context = { targetingKey: `u-${index}`, country };
      const expected = flags.map((one) =>
        JSON.stringify(flagOf(one, one.compiled.serve(context.targetingKey, context))),
      );
      expect(flags.map(({ key }) => answers.one(key, context))).toEqual(expected);
      expect(answers.all(context)).toBe(expected.join(','));
      for (const text of expected) told.add(text.replace(/"bucket":\d+/, ''));
    }
    expect(told.size).toBeGreaterThan(2 * flags.length);
  });

  it('E23: metadata is flat and names no person’s words', () => {
    const { metadata } = JSON.parse(answers.one('texts', { targetingKey: 'u-1' }) ?? '') as {
      metadata: object;
    };
    expect(Object.keys(metadata)).toEqual([
      'experimentId',
      'experimentKey',
      'variationId',
      'phase',
      'unit',
      'inExperiment',
      'bucket',
    ]);
    for (const value of Object.values(metadata)) {
      expect(['string', 'number', 'boolean']).toContain(typeof value);
    }
  });

  it('a unit that cannot be one fails where it is asked for, and nowhere else', () => {
    const context = { targetingKey: 'u-1', account: 'null' };
    const all = JSON.parse(`[${answers.all(context)}]`) as { key: string; errorCode?: string }[];
    expect(all.filter(({ errorCode }) => errorCode !== undefined)).toEqual([
      { key: 'of-accounts', errorCode: 'INVALID_CONTEXT', errorDetails: expect.any(String) },
    ]);
    expect(() => answers.one('of-accounts', context)).toThrow('account');
  });

  it('are made anew for another version of the flags', () => {
    const changed = ProjectAnswers.of(project(flag('texts', { status: 'stopped' })));
    expect(changed.one('texts', { targetingKey: 'u-1' })).toContain('"DISABLED"');
    expect(changed.one('paused', { targetingKey: 'u-1' })).toBeNull();
    expect(ProjectAnswers.of(project()).all({ targetingKey: 'u-1' })).toBe('');
  });
});
