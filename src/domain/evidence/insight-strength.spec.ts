import { aDossier, aVoice, GATE_NOW, INSIGHT_ID } from '../../../test/support/evidence-builders.js';
import { insightStrength } from './insight-strength.js';
import { EVIDENCE_POLICIES } from './policies.js';
import type { Market } from './project-facts.js';

const VOICES = ['1', '2', '3'].map((id) => aVoice(id));

function strengthOfClaim(market: Market, voices = VOICES, insightId = INSIGHT_ID) {
  return insightStrength({
    insightId,
    audience: { populations: ['lead'] },
    dossier: aDossier(voices, { contradictions: [], silent: 0 }),
    project: { market, stages: [], departments: [], memberIds: [] },
    policies: EVIDENCE_POLICIES,
    now: GATE_NOW,
  });
}

describe('insightStrength', () => {
  it('judges a claim by itself, with the people who support it', () => {
    const { strength, smallN } = strengthOfClaim('b2c');
    const people = strength.components.find(({ component }) => component === 'people');
    expect(people?.facts).toMatchObject({ supporting: 3, asked: 3, accounts: null });
    expect(strength.vetoes).toEqual([]);
    expect(smallN).toMatchObject({ ok: true, asked: 3, accounts: null });
  });

  it('takes the limits of the standard rules', () => {
    const { strength } = strengthOfClaim('b2c');
    const when = strength.components.find(({ component }) => component === 'relevance_when');
    expect(when?.facts).toMatchObject({
      limitDays: EVIDENCE_POLICIES.standard.ageDays,
      shiftSinceNewest: null,
    });
  });

  it('counts accounts where accounts buy', () => {
    expect(strengthOfClaim('b2b').smallN).toMatchObject({ ok: true, accounts: 3 });
  });

  it('says nothing of other people while nobody was asked', () => {
    const { strength, smallN } = strengthOfClaim('b2c', VOICES, 'another insight');
    expect(strength).toMatchObject({ label: 'very_low', vetoes: ['no_live_first_hand'] });
    expect(smallN).toMatchObject({ ok: false, reason: 'too-few' });
  });
});
