import fc from 'fast-check';
import {
  aVariantFound,
  judgedResult,
  type JudgedCase,
} from '../../../test/support/judged-result.js';
import type { Outcome } from '../verdict/classify.js';
import type { Verdict } from '../verdict/verdict.js';
import type { Notice, NoticeKind } from './notice.js';
import { noticesOf } from './notices-of.js';

const young = { matured: false } as const;
const told = (given: JudgedCase) =>
  noticesOf(judgedResult(given)).map(
    ({ kind, subject, severity }) => `${severity} ${kind} ${subject}`,
  );

type Said = (notice: Notice, verdict: Verdict) => boolean;
const stateOf = ({ perVariant }: Verdict, key: string) =>
  perVariant.find(({ variant }) => variant === key)?.state;
const never: Said = () => false;
/** Whether the verdict, as people see it, says what a notice says. */
const IS_SAID: Readonly<Record<NoticeKind, Said>> = {
  srm: (_, { perVariant }) => perVariant.every(({ state }) => state === 'invalid'),
  result_invalid: (_, { perVariant }) => perVariant.some(({ state }) => state === 'invalid'),
  profit_harm: ({ subject }, verdict) => stateOf(verdict, subject) === 'harm',
  proxy_win_pending: ({ subject }, verdict) =>
    stateOf(verdict, subject) === 'proxy_win_pending_profit',
  guardrail_breach: ({ facts }, { perVariant }) =>
    perVariant
      .filter(({ variant }) => variant === facts['variant'])
      .flatMap(({ guardrails }) => guardrails)
      .some(
        ({ key, state, sequentialHarm }) =>
          key === facts['metric'] && (state === 'breached' || sequentialHarm),
      ),
  profit_matured: ({ sentence }, { winner, perVariant }) =>
    sentence.includes('The winner is') === (winner !== undefined) &&
    perVariant.every(({ state }) => sentence.includes(state.replaceAll('_', ' '))),
  verdict_revised: never,
  roll_back_proposed: never,
  evidence_withdrawn: never,
  insight_contested: never,
  follow_up_due: never,
  evaluation_failed: never,
};

describe('noticesOf', () => {
  it.each<[string, JudgedCase, string[]]>([
    ['nothing while a test collects', { variants: [aVariantFound({ deciding: young })] }, []],
    [
      'a click that has won before the money is in',
      { variants: [aVariantFound({ leading: 'won', deciding: young })] },
      ['info proxy_win_pending short'],
    ],
    [
      'each variant whose click has won',
      {
        variants: [
          aVariantFound({ leading: 'won', deciding: young }),
          aVariantFound({ variant: 'long', leading: 'won', deciding: young }),
        ],
      },
      ['info proxy_win_pending short', 'info proxy_win_pending long'],
    ],
    ['money that is all in', {}, ['info profit_matured experiment']],
    [
      'money that is all in, and lost',
      { variants: [aVariantFound({ leading: 'won', deciding: { outcome: 'lost' } })] },
      ['warning profit_matured experiment'],
    ],
    [
      'money that falls too fast to wait',
      { variants: [aVariantFound({ deciding: { ...young, sequentialHarm: true } })] },
      ['urgent profit_harm short'],
    ],
    [
      'a guardrail beyond its margin',
      { variants: [aVariantFound({ deciding: young, guardrails: [{ state: 'breached' }] })] },
      ['warning guardrail_breach short/tickets'],
    ],
    [
      'a guardrail whose bound for harm is crossed, whatever the margin says',
      {
        variants: [
          aVariantFound({
            deciding: young,
            guardrails: [{ state: 'unresolved', sequentialHarm: true }],
          }),
        ],
      },
      ['urgent guardrail_breach short/tickets'],
    ],
    [
      'a guardrail beside money that has won',
      {
        variants: [
          aVariantFound({ deciding: { outcome: 'won' }, guardrails: [{ state: 'breached' }] }),
        ],
      },
      ['warning guardrail_breach short/tickets', 'info profit_matured experiment'],
    ],
    [
      'a broken sample ratio, and nothing that rests on it',
      {
        health: { srm: 'failed' },
        variants: [
          aVariantFound({ deciding: { outcome: 'won' }, guardrails: [{ state: 'breached' }] }),
        ],
      },
      ['urgent srm experiment'],
    ],
    [
      'every other thing that makes a result invalid, once for all variants',
      {
        health: {
          crossovers: 0.2,
          dataFaults: [{ code: 'sums-differ', sentence: 'Sums differ.' }],
        },
        variants: [aVariantFound(), aVariantFound({ variant: 'long' })],
      },
      ['urgent result_invalid crossovers', 'urgent result_invalid sums-differ'],
    ],
    [
      'a win whose sample ratio nobody could check',
      {
        health: { srm: 'not_computed' },
        variants: [aVariantFound({ deciding: { outcome: 'won' } })],
      },
      ['urgent result_invalid sample-ratio'],
    ],
    [
      'of an A/A test only its health',
      {
        kind: 'aa',
        variants: [
          aVariantFound({
            leading: 'won',
            guardrails: [{ state: 'breached', sequentialHarm: true }],
          }),
        ],
      },
      [],
    ],
    ['of an A/A test that is fine, nothing', { kind: 'aa' }, []],
    [
      'of an A/A test its sample ratio',
      { kind: 'aa', health: { srm: 'failed' } },
      ['urgent srm experiment'],
    ],
  ])('tells %s', (_name, given, expected) => {
    expect(told(given)).toEqual(expected);
  });

  it('says the verdict in the sentence, with its reasons, and when the rest will be in', () => {
    const won = aVariantFound({ leading: 'won', deciding: { outcome: 'won' } });
    const [matured] = noticesOf(judgedResult({ variants: [won], coverage: 'partial' }));
    expect(matured?.sentence).toBe(
      'Partial profit of the whole cohort has matured. Variant short: profit win. ' +
        'The leading metric clicks improved. Partial profit per unit is higher than with the control. ' +
        'The winner is short.',
    );
    expect(matured?.facts).toEqual({
      verdict: 'short: profit_win',
      winner: 'short',
      profitCoverage: 'partial',
    });
    const waiting = judgedResult({
      variants: [aVariantFound({ leading: 'won', deciding: young })],
      closesAt: '2026-03-01T12:00:00.000Z',
    });
    expect(noticesOf(waiting)[0]?.sentence).toBe(
      'Variant short: The leading metric clicks improved. Profit has not matured: money that follows ' +
        'is still coming in. All of it will be in on 2026-03-01.',
    );
  });

  const outcome = fc.constantFrom<Outcome>('won', 'lost', 'flat', 'not_computed');
  const someVariants = fc
    .record({ matured: fc.boolean(), count: fc.integer({ min: 1, max: 3 }) })
    .chain(({ matured, count }) =>
      fc.tuple(
        ...['short', 'long', 'other'].slice(0, count).map((variant) =>
          fc
            .record({
              leading: outcome,
              decided: outcome,
              nonInferior: fc.boolean(),
              harm: fc.boolean(),
              guardrails: fc.array(
                fc.record({
                  state: fc.constantFrom(
                    'non_inferior' as const,
                    'breached' as const,
                    'unresolved' as const,
                    'not_computed' as const,
                  ),
                  sequentialHarm: fc.boolean(),
                }),
                { maxLength: 2 },
              ),
            })
            .map(({ leading, decided, nonInferior, harm, guardrails }) =>
              aVariantFound({
                variant,
                leading,
                deciding: { outcome: decided, matured, nonInferior, sequentialHarm: harm },
                guardrails: guardrails.map((one, index) => ({ ...one, key: `guard-${index}` })),
              }),
            ),
        ),
      ),
    );
  const someCase = fc.record({
    kind: fc.constantFrom('ab' as const, 'aa' as const),
    health: fc.record({
      srm: fc.constantFrom('ok' as const, 'failed' as const, 'not_computed' as const),
      crossovers: fc.constantFrom(0, 0.2),
      dataFaults: fc.constantFrom([], [{ code: 'sums-differ', sentence: 'Sums differ.' }]),
    }),
    variants: someVariants,
  });

  it('says nothing that the verdict does not say, and leaves out nothing urgent that it does', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const result = judgedResult(given);
        const { perVariant } = result.verdict;
        const notices = noticesOf(result);
        const subjects = notices.map(({ kind, subject }) => `${kind} ${subject}`);
        expect(new Set(subjects).size).toBe(subjects.length);
        for (const notice of notices)
          expect([notice, IS_SAID[notice.kind](notice, result.verdict)]).toEqual([notice, true]);
        for (const { variant, state, reasons } of perVariant) {
          if (state === 'harm' || state === 'invalid') {
            expect(notices.some(({ severity }) => severity === 'urgent')).toBe(true);
          }
          const falls = reasons.some(({ code }) => code === 'PROFIT_HARM_BOUND');
          expect(subjects.includes(`profit_harm ${variant}`)).toBe(falls);
        }
      }),
      { numRuns: 300 },
    );
  });
});
