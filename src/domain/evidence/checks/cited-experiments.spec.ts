import {
  aChain,
  aDossier,
  aGateInput,
  aRationale,
} from '../../../../test/support/evidence-builders.js';
import type { LearningOutcome } from '../../verdict/learning/outcome.js';
import type { CitedExperiment } from '../gate-case.js';
import { openCase } from '../open-gate-case.js';
import { luckyWinCited } from './cited-experiments.js';

const ID = '01890000-0000-7000-8000-00000000000a';
const known = (...outcomes: LearningOutcome[]): CitedExperiment => ({
  id: ID,
  key: 'shorter-form',
  decided: true,
  outcomes,
});

/** The last link rests on these experiments. */
function found(support: string[] | undefined, ...citedExperiments: CitedExperiment[]) {
  const chain = aChain().map((link, index, all) =>
    index === all.length - 1
      ? { ...link, basis: 'experiment' as const, ...(support === undefined ? {} : { support }) }
      : link,
  );
  const input = aGateInput(aDossier(), { rationale: aRationale({ chain }) }, { citedExperiments });
  return luckyWinCited(openCase(input));
}

describe('an experiment that is cited as evidence', () => {
  it.each<[string, string[] | undefined, CitedExperiment[], 'met' | 'warning' | 'unmet']>([
    ['a win that is understood', ['shorter-form'], [known('understood_win')], 'met'],
    ['the same by its id, in capitals', [ID.toUpperCase()], [known('understood_win')], 'met'],
    ['a right reason that did not pay', ['shorter-form'], [known('broken_chain')], 'met'],
    ['a lucky win', ['shorter-form'], [known('lucky_win')], 'unmet'],
    ['a refuted reason', ['shorter-form'], [known('refuted')], 'unmet'],
    [
      'two variants, none of which carries it',
      ['shorter-form'],
      [known('lucky_win', 'refuted')],
      'unmet',
    ],
    [
      'two variants, one of which carries it',
      ['shorter-form'],
      [known('lucky_win', 'understood_win')],
      'met',
    ],
    ['an end that nobody has explained', ['shorter-form'], [known('open')], 'warning'],
    ['a lucky win beside an open end', ['shorter-form'], [known('lucky_win', 'open')], 'warning'],
    ['a decision of which nobody has learned', ['shorter-form'], [known()], 'warning'],
    ['one that is not decided', ['shorter-form'], [{ ...known(), decided: false }], 'unmet'],
    ['one that does not exist', ['shorter-form'], [], 'unmet'],
    ['none at all', [], [], 'unmet'],
    ['nothing but white space', ['  '], [], 'unmet'],
    ['no support', undefined, [], 'unmet'],
    ['words alone', ['quote-1'], [], 'unmet'],
    ['words beside an experiment', ['quote-1', 'shorter-form'], [known('understood_win')], 'met'],
    [
      'a good one and a lucky one',
      ['shorter-form', 'other'],
      [known('understood_win'), { ...known('lucky_win'), id: 'b', key: 'other' }],
      'unmet',
    ],
  ])('%s', (_name, support, experiments, state) => {
    expect(found(support, ...experiments).state).toBe(state);
  });

  it('names the link and the experiment, says why, and what to do', () => {
    const { item } = found(['shorter-form'], known('lucky_win'));
    expect(item).toMatchObject({
      code: 'LUCKY_WIN_CITED',
      severity: 'blocks',
      pointer: `/rationale/chain/${aChain().length - 1}/support`,
      actual: 1,
      subjects: ['shorter-form'],
      why: '1 link rests on an experiment that is no evidence: shorter-form won for another reason than the one it was launched for.',
    });
    expect(item.remedies[0]).toMatchObject({
      method: 'GET',
      path: '/v1/experiments/shorter-form/follow-ups',
    });
  });

  it('asks nothing of a chain that rests on no experiment', () => {
    expect(luckyWinCited(openCase(aGateInput(aDossier()))).state).toBe('met');
  });
});
