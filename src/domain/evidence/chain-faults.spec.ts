import { aChain, GATE_METRICS } from '../../../test/support/evidence-builders.js';
import type { ChainLink } from '../experiments/definition.js';
import { chainFaults } from './chain-faults.js';

const faultsOf = (chain: readonly ChainLink[], leading = 'signups') => [
  ...new Set(chainFaults(chain, leading, GATE_METRICS).map(({ fault }) => fault)),
];

const link = (from: string, to: string, changes: Partial<ChainLink> = {}): ChainLink => ({
  from,
  to,
  sign: '+',
  lagDays: 0,
  basis: 'interview',
  ...changes,
});

/** As it may arrive from a body nobody has validated: the member is not what its type says. */
const malformed = (member: object): ChainLink => ({ ...link('a', 'b'), ...member });

describe('chainFaults', () => {
  it('finds nothing wrong with a path, or with branches that meet in money', () => {
    expect(faultsOf(aChain())).toEqual([]);
    expect(
      faultsOf([
        ...aChain(),
        link('experience:less-worry', 'metric:paid_seats'),
        link('metric:paid_seats', 'metric:profit', { sign: '-', basis: 'identity' }),
      ]),
    ).toEqual([]);
  });

  it.each<[string, readonly ChainLink[], string]>([
    ['no links', [], 'there is no chain'],
    ['no change', aChain().slice(1), 'the chain does not start at the change'],
    [
      'a second beginning',
      [...aChain(), link('experience:mood', 'metric:profit')],
      'something other than the change starts it',
    ],
    [
      'a way back to the change',
      [...aChain(), link('metric:signups', 'change')],
      'something leads to the change',
    ],
    [
      'a metric right after the change',
      [...aChain(), link('change', 'metric:signups')],
      'the change does not lead to an experience first',
    ],
    [
      'a guessed first link',
      aChain().map((one, index) => (index === 0 ? { ...one, basis: 'assumption' as const } : one)),
      'the first link does not rest on interviews',
    ],
    [
      'an end that is not money',
      [...aChain(), link('metric:signups', 'metric:paid_seats')],
      'an end of the chain is not a money metric',
    ],
    [
      'a metric nobody declared',
      [...aChain(), link('metric:signups', 'metric:nps'), link('metric:nps', 'metric:profit')],
      'a metric of the chain does not exist',
    ],
    [
      'a node without a type',
      [...aChain(), link('metric:signups', 'trust'), link('trust', 'metric:profit')],
      'a node is not change, experience:NAME or metric:KEY',
    ],
    [
      'an experience without a name',
      [link('change', 'experience:'), ...aChain().slice(1)],
      'a node is not change, experience:NAME or metric:KEY',
    ],
    [
      'a circle',
      [
        ...aChain(),
        link('metric:paid_seats', 'metric:signups'),
        link('metric:signups', 'metric:paid_seats'),
      ],
      'the chain goes in a circle',
    ],
    [
      'a link to itself',
      [...aChain(), link('metric:profit', 'metric:profit')],
      'the chain goes in a circle',
    ],
    [
      'a negative lag',
      [...aChain(), link('metric:signups', 'metric:profit', { lagDays: -1 })],
      'a link has no lag in days',
    ],
    ['no lag', [malformed({ lagDays: undefined })], 'a link has no lag in days'],
    ['no sign', [malformed({ sign: undefined })], 'a link has no sign'],
    ['no basis', [malformed({ basis: 'hunch' })], 'a link does not say what it rests on'],
  ])('names %s', (_name, chain, fault) => {
    expect(faultsOf(chain)).toContain(fault);
  });

  it('asks for the leading metric on the way', () => {
    expect(faultsOf(aChain(), 'paid_seats')).toEqual(['the leading metric is not on the chain']);
  });
});
