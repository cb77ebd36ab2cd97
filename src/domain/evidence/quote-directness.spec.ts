import { aDossier, aVoice, aWrittenVoice } from '../../../test/support/evidence-builders.js';
import type { Dossier } from './dossier.js';
import { EVIDENCE_POLICIES } from './policies.js';
import { quoteDirectness } from './quote-directness.js';

const audience = { populations: ['lead'] };
const policy = EVIDENCE_POLICIES.standard;

describe('quoteDirectness', () => {
  const dossier: Dossier = aDossier([aVoice('a'), aWrittenVoice('b')]);

  it('tells first-hand from written, and hearsay for another audience', () => {
    const asBuyers = quoteDirectness(dossier, audience, policy);
    expect(asBuyers.get('quote-a')).toBe('first_hand_live');
    expect(asBuyers.get('quote-b')).toBe('first_hand_written');
    const asPartners = quoteDirectness(dossier, { populations: ['partner'] }, policy);
    expect(new Set(asPartners.values())).toEqual(new Set(['hearsay']));
  });

  it('leaves out a quote whose speaker or interview is missing', () => {
    expect(quoteDirectness({ ...dossier, participants: [] }, audience, policy).size).toBe(0);
    expect(quoteDirectness({ ...dossier, interviews: [] }, audience, policy).size).toBe(0);
  });
});
