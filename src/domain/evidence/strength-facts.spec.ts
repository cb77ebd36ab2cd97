import {
  aDossier,
  aGatedDefinition,
  aGateInput,
  aRationale,
  aReading,
  aVoice,
  aWrittenVoice,
  daysBefore,
  GATE_PROJECT,
  people,
  withInsight,
} from '../../../test/support/evidence-builders.js';
import { aTrackEntry } from '../../../test/support/track-builder.js';
import type { OtherExplanation } from '../experiments/definition.js';
import type { Dossier } from './dossier.js';
import type { CreateGateInput } from './gate-case.js';
import { openCase } from './open-gate-case.js';
import { strengthFactsOf } from './strength-facts.js';

const factsOf = (
  dossier: Dossier,
  otherExplanations = aRationale().otherExplanations ?? [],
  input: Partial<CreateGateInput> = {},
) =>
  strengthFactsOf(
    openCase(aGateInput(dossier, { rationale: aRationale({ otherExplanations }) }, input)),
  );

type Tests = NonNullable<OtherExplanation['tests']>;

const must = { sign: 's', mustSeeIfTrue: true, couldSeeIfFalse: true };
const hint = { sign: 's', mustSeeIfTrue: false, couldSeeIfFalse: true };
const proof = { sign: 's', mustSeeIfTrue: false, couldSeeIfFalse: false };
const rivals = (...each: Tests[]) => each.map((tests) => ({ explanation: 'another', tests }));

describe('strengthFactsOf', () => {
  it('counts people by the best way each was heard, and those whose talk is in doubt', () => {
    const { directness, people: counted } = factsOf(
      aDossier([
        aVoice('1'),
        aVoice('2', { interview: { producedBy: 'ai' } }),
        aWrittenVoice('3'),
        aVoice('4', {
          participant: { population: 'salesperson' },
          interview: { participants: [] },
        }),
      ]),
    );
    expect(directness).toEqual({ observed: 0, live: 2, written: 1, proxy: 1, liveDoubted: 1 });
    expect(counted).toMatchObject({ supporting: 3, asked: 13, accounts: null });
  });

  it('says who supports, contradicts, and was asked in silence', () => {
    const { coherence } = factsOf(aDossier(people(3), { silent: 2 }));
    expect(coherence).toEqual({
      supports: 3,
      contradicts: 1,
      qualifies: 0,
      silentAsked: 2,
      answered: 1,
    });
  });

  it('takes the middle of the ages, and counts accounts where companies buy', () => {
    const ages = [10, 20, 60];
    const voices = people(3).map((voice, index) => ({
      ...voice,
      interview: {
        ...voice.interview,
        endedAt: daysBefore(ages[index] ?? 0),
        ingestedAt: daysBefore(5),
      },
    }));
    const facts = factsOf(aDossier(voices), [], {
      project: { ...GATE_PROJECT, market: 'b2b' },
    });
    expect(facts.relevanceWhen.newestAgeDays).toBeCloseTo(10, 9);
    expect(facts.relevanceWhen.medianAgeDays).toBeCloseTo(20, 9);
    expect(facts.relevanceWhen.shiftSinceNewest).toBe(false);
    expect(facts.people.accounts).toBe(12);
    expect(facts.relevanceWho).toEqual({ exact: 3, adjacent: 0, other: 0, rolesUnheard: 3 });
  });

  it.each<[string, readonly OtherExplanation[], readonly { type: string; outcome: string }[]]>([
    ['nothing without another explanation', [], []],
    [
      'the one that ruled the claim out',
      rivals([{ ...proof, seen: true }], [{ ...must, seen: false }], []),
      [{ type: 'hoop', outcome: 'failed' }],
    ],
    [
      'the one that nothing tells from it',
      rivals([{ ...proof, seen: true }], [{ ...hint, seen: true }], [{ ...must, seen: true }]),
      [{ type: 'straw', outcome: 'passed' }],
    ],
    [
      'the one that nothing rules out',
      rivals([{ ...proof, seen: true }], [{ ...must, seen: true }]),
      [{ type: 'hoop', outcome: 'passed' }],
    ],
  ])('looks at the strongest other explanation: %s', (_name, explanations, tests) => {
    expect(factsOf(aDossier(people(3)), [...explanations]).diagnosticity.tests).toEqual(tests);
  });

  it('knows nothing of what nobody said', () => {
    const facts = factsOf(aDossier([], { contradictions: [], silent: 0 }));
    expect(facts.richness).toEqual({
      medianWords: null,
      pastSpecificShare: null,
      opinionShare: null,
      quotesPerPerson: null,
    });
    expect(facts.method).toMatchObject({ verbatimShare: null, leadingShare: null });
    expect(facts.relevanceWhen).toMatchObject({ newestAgeDays: null, medianAgeDays: null });
    expect(facts.allWithdrawn).toBe(false);
  });

  it('sees that everybody who supported it has withdrawn', () => {
    const gone = people(2).map((voice) => ({
      ...voice,
      participant: { ...voice.participant, consents: [] },
    }));
    expect(factsOf(aDossier(gone)).allWithdrawn).toBe(true);
    expect(factsOf(aDossier([...gone, aVoice('3')])).allWithdrawn).toBe(false);
  });

  it('takes plans, records and readers from where they are stored', () => {
    const dossier = aDossier(people(3), { study: { preregistered: true } });
    const read = withInsight(dossier, {
      track: [
        aTrackEntry('another', 'understood_win'),
        aTrackEntry('unclear', 'open'),
        // Its own end.
        aTrackEntry(aGatedDefinition().key, 'refuted'),
      ],
      readings: [aReading('quote-1', { disposition: 'contradicts' }), aReading('quote-2')],
    });
    const facts = factsOf(read);
    expect(facts.method.preregistered).toBe(true);
    expect(facts.trackRecord.outcomes).toEqual(['understood_win']);
    expect(facts.reliability.readers).toBe(2);
    // One pair differs of two: Do = 1/2; of s s s c, De = 1 - 6/12 = 1/2.
    expect(facts.reliability.alpha).toBeCloseTo(0, 12);
  });
});
