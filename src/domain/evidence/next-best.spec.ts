import {
  aDossier,
  aGateInput,
  aRationale,
  aVoice,
  aWrittenVoice,
  GATE_PROJECT,
  people,
  withFourth,
  withInsight,
} from '../../../test/support/evidence-builders.js';
import { CREATE_GATE_CODES, WARNING_ONLY_CODES } from './create-gate-codes.js';
import { evaluateCreateGate } from './create-gate.js';
import type { Dossier } from './dossier.js';
import type { CreateGateInput, GatedDefinition } from './gate-case.js';
import { REPAIR_ORDER } from './next-best.js';

const B2B = { project: { ...GATE_PROJECT, market: 'b2b' as const } };

/** The entries of the last people in the ledger are not given yet. */
function withOpenLedger(dossier: Dossier, open: number): Dossier {
  const entries = dossier.insights[0]?.entries ?? [];
  return withInsight(dossier, { entries: entries.slice(0, entries.length - open) });
}

const hearsay = (id: string) =>
  aVoice(id, {
    participant: { population: 'salesperson' },
    interview: {
      participants: [{ participantId: `person-${id}`, speaksFor: [], turns: 9, words: 400 }],
    },
  });

describe('nextBestOf', () => {
  it('ranks every code that can block, once', () => {
    const blocking = CREATE_GATE_CODES.filter((code) => !WARNING_ONLY_CODES.includes(code));
    expect(REPAIR_ORDER.toSorted()).toEqual(blocking);
  });

  it.each<
    [string, Dossier, string, string[], Partial<GatedDefinition>?, Partial<CreateGateInput>?]
  >([
    ['the one thing that is missing', aDossier(people(3), { silent: 0 }), 'TOO_FEW_ASKED', []],
    [
      'reading what is open, which also shows who was asked',
      withOpenLedger(aDossier(people(3), { silent: 3 }), 3),
      'LEDGER_INCOMPLETE',
      ['TOO_FEW_ASKED'],
    ],
    [
      'reading what is open, and no promise where that is not enough',
      withOpenLedger(aDossier(people(2), { silent: 1 }), 1),
      'LEDGER_INCOMPLETE',
      [],
    ],
    [
      'hearing live what was only written',
      aDossier(people(0, 3)),
      'NO_LIVE_FIRST_HAND',
      ['TOO_FEW_PEOPLE'],
    ],
    [
      'hearing people where only others speak for them',
      aDossier(['1', '2', '3'].map(hearsay)),
      'TOO_FEW_PEOPLE',
      ['HEARSAY_ONLY', 'HYPOTHETICAL_ONLY', 'NO_LIVE_FIRST_HAND'],
    ],
    [
      'one more person of another account',
      aDossier(
        people(2).map((voice) => ({
          ...voice,
          participant: { ...voice.participant, accountRef: `account-${voice.participant.id}` },
        })),
      ),
      'TOO_FEW_PEOPLE',
      ['TOO_FEW_ACCOUNTS'],
      {},
      B2B,
    ],
    [
      'a consent that lets somebody count',
      aDossier([...people(2), aVoice('3', { participant: { consents: [] } })]),
      'CONSENT_MISSING',
      ['TOO_FEW_PEOPLE'],
    ],
    [
      'a quote for a signal',
      {
        ...aDossier(people(3)),
        signals: [
          {
            questionId: 'question-9',
            metricKey: 'signups',
            reading: 'movement',
            since: new Date('2026-03-01T00:00:00Z'),
            explained: false,
          },
        ],
      },
      'SYMPTOM_AS_CAUSE',
      ['MECHANISM_INCOMPLETE', 'QUOTE_NOT_FOUND'],
      {
        rationale: aRationale({
          because: { ...aRationale().because, who: { text: 'who', quoteIds: ['question-9'] } },
        }),
      },
    ],
    [
      'an insight, while none is cited',
      aDossier(people(3)),
      'RATIONALE_MISSING',
      [],
      { rationale: aRationale({ insightIds: [] }) },
    ],
    [
      'what is cheap, between repairs that clear nothing else',
      withFourth({ quote: { turnParticipantId: null } }),
      'QUOTE_NOT_PARTICIPANT',
      [],
      { rationale: aRationale({ otherChanges: [] }) },
    ],
    [
      'a writer and a live person, who lets the writer count',
      aDossier([...people(1), aWrittenVoice('2'), aWrittenVoice('3')]),
      'NO_LIVE_FIRST_HAND',
      ['TOO_FEW_PEOPLE'],
    ],
  ])('is %s', (_name, dossier, code, clears, definition = {}, input = {}) => {
    const { nextBest } = evaluateCreateGate(aGateInput(dossier, definition, input));
    expect(nextBest?.code).toBe(code);
    expect(nextBest?.clears).toEqual(clears);
    for (const one of clears) expect(nextBest?.why).toContain(one);
  });
});
