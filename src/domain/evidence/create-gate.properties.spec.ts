import fc from 'fast-check';
import {
  aDossier,
  aGateInput,
  aRationale,
  aVoice,
  aWrittenVoice,
  daysBefore,
  GATE_PROJECT,
  MEMBERS,
  type Voice,
} from '../../../test/support/evidence-builders.js';
import { TOUCHES } from '../experiments/definition.js';
import { CREATE_GATE_CODES } from './create-gate-codes.js';
import { evaluateCreateGate } from './create-gate.js';
import {
  BUYING_ROLES,
  CONFLICTS,
  DISPOSITIONS,
  type Dossier,
  type DossierSpeaker,
  ELICITATIONS,
  INTERVIEW_METHODS,
  MODALITIES,
  PARTICIPANT_KINDS,
  POPULATIONS,
  PRODUCERS,
  TEMPORALITIES,
} from './dossier.js';
import { SUBJECTS_MAX } from './gate-report.js';
import { INSIGHT_STATES } from './insight-state.js';
import { MARKETS } from './project-facts.js';
import { SIGNAL_READINGS } from './signal.js';

const gateOf = (dossier: Dossier) => evaluateCreateGate(aGateInput(dossier));

/** Voices of every quality, so that some dossiers pass and most do not. */
const voicesOfAnyQuality = fc
  .array(
    fc.constantFrom<(id: string) => Voice>(
      (id) => aVoice(id),
      (id) => aVoice(id),
      (id) => aVoice(id),
      (id) => aWrittenVoice(id),
      (id) => aVoice(id, { participant: { population: 'salesperson' } }),
      (id) => aVoice(id, { quote: { elicitation: 'leading' } }),
      (id) => aVoice(id, { participant: { conflict: 'employee' } }),
      (id) => aVoice(id, { participant: { consents: [] } }),
      (id) => aVoice(id, { quote: { exact: 'words nobody said in this interview at all' } }),
      (id) => aVoice(id, { interview: { endedAt: daysBefore(400), startedAt: daysBefore(400) } }),
    ),
    { minLength: 2, maxLength: 8 },
  )
  .map((builders) => builders.map((build, index) => build(String(index + 1))));

const SECRET = 'nobody may ever read these very words in a report';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const at = fc.date({ min: daysBefore(500), max: daysBefore(-5), noInvalidDate: true });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const member = fc.constantFrom(...Object.values(MEMBERS));
const few = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { maxLength: 4 });

const anySpeaker: fc.Arbitrary<DossierSpeaker> = fc.record({
  participantId: id,
  speaksFor: few(
    fc.record(
      { population: fc.constantFrom(...POPULATIONS), stage: fc.constantFrom('trial', 'paid') },
      { requiredKeys: ['population'] },
    ),
  ),
  turns: fc.nat(9),
  words: fc.nat(300),
});

/** Records that refer to each other, to themselves or to nothing. */
const anyDossier: fc.Arbitrary<Dossier> = fc.record({
  insights: few(
    fc.record({
      id,
      statement: fc.constant('a claim'),
      state: fc.constantFrom(...INSIGHT_STATES),
      questionId: maybe(id),
      entries: few(
        fc.record({
          insightId: id,
          quoteId: maybe(id),
          interviewId: maybe(id),
          disposition: fc.constantFrom(...DISPOSITIONS),
          response: maybe(fc.constantFrom('', 'Seen.')),
          reason: maybe(fc.constantFrom('synthetic', 'other')),
          readerId: member,
        }),
      ),
      searches: fc.constant([]),
      readings: few(
        fc.record({
          quoteId: id,
          readerId: member,
          disposition: fc.constantFrom(...DISPOSITIONS),
        }),
      ),
    }),
  ),
  quotes: few(
    fc.record({
      id,
      interviewId: id,
      turn: fc.nat(3),
      start: fc.integer({ min: -1, max: 60 }),
      end: fc.integer({ min: -1, max: 60 }),
      exact: maybe(fc.constantFrom(SECRET, '')),
      participantId: id,
      turnText: maybe(fc.constantFrom(SECRET, '', 'x')),
      context: maybe(fc.constant({ prefix: '', suffix: '' })),
      alsoSaidBy: few(id),
      markedBy: member,
      turnParticipantId: maybe(id),
      temporality: maybe(fc.constantFrom(...TEMPORALITIES)),
      elicitation: maybe(fc.constantFrom(...ELICITATIONS)),
    }),
  ),
  interviews: few(
    fc.record({
      id,
      studyId: maybe(id),
      method: fc.constantFrom(...INTERVIEW_METHODS),
      modality: fc.constantFrom(...MODALITIES),
      interactive: fc.boolean(),
      startedAt: at,
      endedAt: at,
      ingestedAt: maybe(at),
      anchorEventAt: maybe(at),
      exposureTo: maybe(fc.constantFrom('shorter-form', 'other')),
      interviewer: fc.constant('Researcher'),
      recordedBy: member,
      producedBy: maybe(fc.constantFrom(...PRODUCERS)),
      askedTurns: fc.nat(3),
      participants: few(anySpeaker),
    }),
  ),
  participants: few(
    fc.record({
      id,
      kind: fc.constantFrom(...PARTICIPANT_KINDS),
      population: fc.constantFrom(...POPULATIONS),
      accountRef: maybe(id),
      buyingRoles: few(fc.constantFrom(...BUYING_ROLES)),
      conflict: fc.constantFrom(...CONFLICTS),
      personId: id,
      consents: fc.constantFrom([], aVoice('1').participant.consents),
      erased: fc.boolean(),
    }),
  ),
  observations: few(fc.record({ interviewId: id, participantId: id, at })),
  studies: few(
    fc.record({
      id,
      questionId: maybe(id),
      anchorEvent: maybe(fc.constant('signed up')),
      sessions: few(fc.record({ interviewId: id, participantIds: few(id) })),
    }),
  ),
  undecidedPairs: few(
    fc.record({ id, participantIds: fc.tuple(id, id), likeness: maybe(fc.constant(0.2)) }),
  ),
  signals: few(
    fc.record({
      questionId: id,
      metricKey: fc.constantFrom('signups', 'profit'),
      reading: fc.constantFrom(...SIGNAL_READINGS),
      since: at,
      explained: fc.boolean(),
    }),
  ),
});

const anyInput = fc
  .record({
    dossier: anyDossier,
    insightIds: few(id),
    quoteIds: few(id),
    touches: few(fc.constantFrom(...TOUCHES)),
    traffic: fc.constantFrom(0.05, 1),
    market: fc.constantFrom(...MARKETS),
    stages: fc.constantFrom([], ['trial']),
    others: few(fc.record({ key: id, text: fc.constant(SECRET.repeat(4)), quoteIds: few(id) })),
  })
  .map(({ dossier, insightIds, quoteIds, touches, traffic, market, stages, others }) => {
    const because = { ...aRationale().because, who: { text: 'who', quoteIds } };
    return aGateInput(
      dossier,
      {
        rationale: aRationale({ insightIds, because }),
        touches,
        traffic,
        audience: { populations: ['lead', 'customer'], stages },
      },
      { project: { ...GATE_PROJECT, market }, others },
    );
  });

const RECORDS = ['quotes', 'interviews', 'participants', 'studies'] as const;

describe('the create gate over any dossier', () => {
  it('answers every check, without anybody’s words, whatever was stored', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const report = evaluateCreateGate(input);
        const { unmet, warnings, met } = report;
        const codes = [...unmet, ...warnings, ...met].map(({ code }) => code);
        expect(codes.toSorted()).toEqual([...CREATE_GATE_CODES]);
        expect(report.outcome).toBe(unmet.length === 0 ? 'pass' : 'refused');
        const text = JSON.stringify(report, (_key, value: unknown) => {
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
          return value;
        });
        for (const { exact } of input.dossier.quotes) {
          if (exact === SECRET) expect(text).not.toContain(exact);
        }
        for (const item of [...unmet, ...warnings]) {
          expect(item.subjects.length).toBeLessThanOrEqual(SUBJECTS_MAX);
          for (const { path } of item.remedies) expect(path).toMatch(/^\/v1\//u);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never lets more doubts about people pass what fewer refuse', () => {
    fc.assert(
      fc.property(voicesOfAnyQuality, fc.nat(), fc.nat(), (voices, one, other) => {
        const whole = aDossier(voices);
        const ids = whole.participants.map(({ id }) => id);
        const pick = (index: number) => ids[index % ids.length] ?? '';
        const pair = [pick(one), pick(other)] as const;
        const doubted = {
          ...whole,
          undecidedPairs: [{ id: 'pair-1', participantIds: pair, likeness: 0.2 }],
        };
        const [before, after] = [gateOf(whole), gateOf(doubted)];
        expect(after.counts.people).toBeLessThanOrEqual(before.counts.people);
        expect(after.counts.asked ?? 0).toBeLessThanOrEqual(before.counts.asked ?? 0);
        if (before.outcome === 'refused') expect(after.outcome).toBe('refused');
      }),
    );
  });

  it('never passes because a stored record disappeared', () => {
    fc.assert(
      fc.property(
        voicesOfAnyQuality,
        fc.constantFrom(...RECORDS),
        fc.nat(),
        (voices, kind, index) => {
          const whole = aDossier(voices);
          const without = {
            ...whole,
            [kind]: whole[kind].toSpliced(index % whole[kind].length, 1),
          };
          const [before, after] = [gateOf(whole), gateOf(without)];
          expect(after.counts.people).toBeLessThanOrEqual(before.counts.people);
          if (before.outcome === 'refused') expect(after.outcome).toBe('refused');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never counts more people when less support is cited', () => {
    fc.assert(
      fc.property(voicesOfAnyQuality, fc.nat(), (voices, index) => {
        const fewer = voices.toSpliced(index % voices.length, 1);
        const [before, after] = [gateOf(aDossier(voices)), gateOf(aDossier(fewer))];
        expect(after.counts.people).toBeLessThanOrEqual(before.counts.people);
        expect(after.counts.liveFirstHand).toBeLessThanOrEqual(before.counts.liveFirstHand);
      }),
    );
  });

  it('refuses a counted quote once any character of it differs', () => {
    const says = 'I gave up twice because the café 😀 form wanted my number';
    const length = Array.from(says).length;
    fc.assert(
      fc.property(fc.nat({ max: length - 1 }), (at) => {
        const changed = Array.from(says).with(at, '§').join('');
        const voices = ['1', '2', '3'].map((id) => aVoice(id, { says }));
        expect(gateOf(aDossier(voices)).outcome).toBe('pass');
        const edited = aVoice('4', { says, quote: { exact: changed } });
        const report = gateOf(aDossier([...voices, edited]));
        expect(report.unmet.map(({ code }) => code)).toEqual(['QUOTE_NOT_FOUND']);
        expect(report.unmet[0]?.subjects).toEqual(['quote-4']);
      }),
    );
  });

  it('does not depend on the order in which evidence was loaded', () => {
    fc.assert(
      fc.property(voicesOfAnyQuality, (voices) => {
        const dossier = aDossier(voices);
        const mirrored = {
          ...dossier,
          quotes: dossier.quotes.toReversed(),
          interviews: dossier.interviews.toReversed(),
          participants: dossier.participants.toReversed(),
        };
        expect(gateOf(mirrored)).toEqual(gateOf(dossier));
      }),
    );
  });

  it('counts a quote of decomposed letters as the same words', () => {
    const says = 'the café was closed when I wanted to call';
    const voice = aVoice('3', { says, quote: { exact: says.normalize('NFD') } });
    expect(gateOf(aDossier([aVoice('1'), aVoice('2'), voice])).outcome).toBe('pass');
  });
});
