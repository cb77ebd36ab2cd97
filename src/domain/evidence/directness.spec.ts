import {
  aVoice,
  daysBefore,
  speaker,
  type VoiceChanges,
} from '../../../test/support/evidence-builders.js';
import type { Audience } from '../experiments/definition.js';
import { directnessOf } from './directness.js';
import type { Population, SpeaksFor } from './dossier.js';
import { EVIDENCE_POLICIES } from './policies.js';

const leads: Audience = { populations: ['lead'] };
const trialLeads: Audience = { populations: ['lead'], stages: ['trial', 'demo'] };

function directness(audience: Audience, changes: VoiceChanges = {}, watched = false) {
  const { participant, interview } = aVoice('1', changes);
  const at = daysBefore(30);
  return directnessOf({
    participant,
    interview,
    audience,
    policy: EVIDENCE_POLICIES.standard,
    observations: watched ? [{ interviewId: interview.id, participantId: participant.id, at }] : [],
  });
}

function speakingFor(...speaksFor: SpeaksFor[]): VoiceChanges {
  return { interview: { participants: [speaker('1', ...speaksFor)] } };
}

const own = (population: Population): VoiceChanges => ({
  participant: { population },
  interview: { participants: [speaker('1')] },
});

/** Days before the interview, which is 30 days before the gate. */
const ago = (days: number) => daysBefore(30 + days);

describe('directnessOf', () => {
  it.each([
    ['a lead about leads', leads, speakingFor({ population: 'lead' }), 'first_hand_live'],
    ['a sales rep about leads', leads, own('salesperson'), 'hearsay'],
    [
      'a sales rep about the sales portal',
      { populations: ['salesperson', 'other_internal'] },
      own('salesperson'),
      'first_hand_live',
    ],
    [
      'a support agent about customers',
      { populations: ['customer'] },
      own('support_agent'),
      'hearsay',
    ],
    ['a customer about leads', leads, speakingFor({ population: 'customer' }), 'hearsay'],
    [
      'a customer about having evaluated',
      leads,
      speakingFor({ population: 'lead', from: ago(60), to: ago(20) }, { population: 'customer' }),
      'first_hand_live',
    ],
    [
      'a customer about having evaluated long ago',
      leads,
      speakingFor({ population: 'lead', from: ago(300), to: ago(90) }),
      'hearsay',
    ],
    [
      'an experience just inside the event-lag',
      leads,
      speakingFor({ population: 'lead', to: ago(89.9) }),
      'first_hand_live',
    ],
    [
      'an experience that began after the interview',
      leads,
      speakingFor({ population: 'lead', from: daysBefore(10) }),
      'hearsay',
    ],
    [
      'a period that ends before it starts',
      leads,
      speakingFor({ population: 'lead', from: ago(10), to: ago(20) }),
      'hearsay',
    ],
    [
      'the right stage',
      trialLeads,
      speakingFor({ population: 'lead', stage: 'demo' }),
      'first_hand_live',
    ],
    ['another stage', trialLeads, speakingFor({ population: 'lead', stage: 'visit' }), 'hearsay'],
    ['no stage named', trialLeads, speakingFor({ population: 'lead' }), 'first_hand_live'],
    [
      'a stage where the audience names none',
      leads,
      speakingFor({ population: 'lead', stage: 'visit' }),
      'first_hand_live',
    ],
    ['nothing declared', leads, own('lead'), 'first_hand_live'],
    ['a model', leads, { participant: { kind: 'synthetic' as const } }, 'synthetic'],
  ])('of %s', (_name, audience, changes, expected) => {
    expect(directness(audience, changes)).toBe(expected);
  });

  it.each([
    ['a live chat', { modality: 'chat' }, 'first_hand_live'],
    ['a phone call', { modality: 'phone', method: 'win_loss_call' }, 'first_hand_live'],
    ['answers sent back later', { modality: 'async' }, 'first_hand_written'],
    ['a talk nobody could interrupt', { interactive: false }, 'first_hand_written'],
    ['a survey, whatever it claims', { method: 'open_ended_survey' }, 'first_hand_written'],
    ['a support thread', { method: 'support_thread', modality: 'chat' }, 'first_hand_written'],
    ['a review', { method: 'review' }, 'first_hand_written'],
    ['a diary', { method: 'diary' }, 'first_hand_written'],
  ] as const)('is decided by the conversation: %s', (_name, interview, expected) => {
    expect(directness(leads, { interview })).toBe(expected);
  });

  it('is observed when an audience member was watched, and only then', () => {
    const watching = { interview: { method: 'usability_test' } } as const;
    expect(directness(leads, watching, true)).toBe('observed');
    expect(directness(leads, watching, false)).toBe('first_hand_live');
    expect(directness(leads, {}, true)).toBe('first_hand_live');
    expect(directness({ populations: ['customer'] }, watching, true)).toBe('hearsay');
  });
});
