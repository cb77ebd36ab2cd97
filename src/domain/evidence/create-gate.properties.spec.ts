import fc from 'fast-check';
import {
  aDossier,
  aGateInput,
  aVoice,
  aWrittenVoice,
  daysBefore,
  type Voice,
} from '../../../test/support/evidence-builders.js';
import { evaluateCreateGate } from './create-gate.js';
import type { Dossier } from './dossier.js';

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

const RECORDS = ['quotes', 'interviews', 'participants'] as const;

describe('the create gate over any dossier', () => {
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
