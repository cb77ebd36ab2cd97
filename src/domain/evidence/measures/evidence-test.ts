/**
 * What an item of evidence can decide between a claim and another explanation: Van Evera 1997, Guide to
 * Methods for Students of Political Science, pages 31-32; Bennett 2010 and Collier 2011 (PS: Political
 * Science and Politics 44:823-830) for what passing and failing say.
 */

export const EVIDENCE_TESTS = ['straw', 'hoop', 'smoking_gun', 'doubly_decisive'] as const;
export type EvidenceTestType = (typeof EVIDENCE_TESTS)[number];

export interface EvidenceTestQuestions {
  /** If the claim is true, must it be seen? */
  mustSeeIfTrue: boolean;
  /** If the claim is false and the other explanation true, could it be seen as well? */
  couldSeeIfFalse: boolean;
}

/** `passed`: it was seen. */
export const EVIDENCE_OUTCOMES = ['passed', 'failed'] as const;
export type EvidenceOutcome = (typeof EVIDENCE_OUTCOMES)[number];

export const CLAIM_EFFECTS = [
  'ruled_out',
  'weakened',
  'slightly_weakened',
  'slightly_supported',
  'still_standing',
  'confirmed',
] as const;
export type ClaimEffect = (typeof CLAIM_EFFECTS)[number];

export const RIVAL_EFFECTS = [
  'strengthened',
  'slightly_strengthened',
  'slightly_weakened',
  'weakened',
  'ruled_out',
] as const;
export type RivalEffect = (typeof RIVAL_EFFECTS)[number];

export interface EvidenceTestReading {
  type: EvidenceTestType;
  outcome: EvidenceOutcome;
  claim: ClaimEffect;
  rival: RivalEffect;
  sentence: string;
}

/** The kind of test follows from two answers; nobody chooses it by name. */
export function evidenceTestOf(questions: EvidenceTestQuestions): EvidenceTestType {
  if (questions.mustSeeIfTrue) return questions.couldSeeIfFalse ? 'hoop' : 'doubly_decisive';
  return questions.couldSeeIfFalse ? 'straw' : 'smoking_gun';
}

type Effects = Pick<EvidenceTestReading, 'claim' | 'rival' | 'sentence'>;

const READINGS: Readonly<Record<EvidenceTestType, Readonly<Record<EvidenceOutcome, Effects>>>> = {
  straw: {
    passed: {
      claim: 'slightly_supported',
      rival: 'slightly_weakened',
      sentence: 'Seen, but it would be seen either way: it hints and decides nothing.',
    },
    failed: {
      claim: 'slightly_weakened',
      rival: 'slightly_strengthened',
      sentence: 'Not seen, though it need not be: it hints against the claim and decides nothing.',
    },
  },
  hoop: {
    passed: {
      claim: 'still_standing',
      rival: 'slightly_weakened',
      sentence: 'Seen, as it had to be: the claim still stands and is not yet shown.',
    },
    failed: {
      claim: 'ruled_out',
      rival: 'strengthened',
      sentence: 'Not seen, though it had to be if the claim were true: the claim is ruled out.',
    },
  },
  smoking_gun: {
    passed: {
      claim: 'confirmed',
      rival: 'weakened',
      sentence: 'Seen, and hardly anything else explains it: the claim is confirmed.',
    },
    failed: {
      claim: 'weakened',
      rival: 'slightly_strengthened',
      sentence: 'Not seen, though it need not be: the claim loses some weight and still stands.',
    },
  },
  doubly_decisive: {
    passed: {
      claim: 'confirmed',
      rival: 'ruled_out',
      sentence: 'Seen, as only the claim lets expect: the claim is confirmed, the other ruled out.',
    },
    failed: {
      claim: 'ruled_out',
      rival: 'strengthened',
      sentence: 'Not seen, though the claim stands or falls with it: the claim is ruled out.',
    },
  },
};

/** What the outcome of a test says about the claim and about the other explanation. */
export function readEvidenceTest(
  questions: EvidenceTestQuestions,
  outcome: EvidenceOutcome,
): EvidenceTestReading {
  const type = evidenceTestOf(questions);
  return { type, outcome, ...READINGS[type][outcome] };
}
