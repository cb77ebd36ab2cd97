import {
  CLAIM_EFFECTS,
  EVIDENCE_OUTCOMES,
  EVIDENCE_TESTS,
  evidenceTestOf,
  readEvidenceTest,
  RIVAL_EFFECTS,
} from './evidence-test.js';

const [mustBe, needNotBe] = [true, false];
const [couldBe, couldNotBe] = [true, false];

describe('evidenceTestOf', () => {
  it.each([
    [mustBe, couldBe, 'hoop'],
    [mustBe, couldNotBe, 'doubly_decisive'],
    [needNotBe, couldBe, 'straw'],
    [needNotBe, couldNotBe, 'smoking_gun'],
  ])('must be seen if true: %s, could be if false: %s', (mustSeeIfTrue, couldSeeIfFalse, type) => {
    expect(evidenceTestOf({ mustSeeIfTrue, couldSeeIfFalse })).toBe(type);
  });
});

describe('readEvidenceTest', () => {
  it.each([
    [needNotBe, couldBe, 'passed', 'slightly_supported', 'slightly_weakened'],
    [needNotBe, couldBe, 'failed', 'slightly_weakened', 'slightly_strengthened'],
    [mustBe, couldBe, 'passed', 'still_standing', 'slightly_weakened'],
    [mustBe, couldBe, 'failed', 'ruled_out', 'strengthened'],
    [needNotBe, couldNotBe, 'passed', 'confirmed', 'weakened'],
    [needNotBe, couldNotBe, 'failed', 'weakened', 'slightly_strengthened'],
    [mustBe, couldNotBe, 'passed', 'confirmed', 'ruled_out'],
    [mustBe, couldNotBe, 'failed', 'ruled_out', 'strengthened'],
  ] as const)('must %s, could %s, %s: the claim is %s', (must, could, outcome, claim, rival) => {
    const reading = readEvidenceTest({ mustSeeIfTrue: must, couldSeeIfFalse: could }, outcome);
    expect(reading).toMatchObject({ outcome, claim, rival });
    expect(reading.sentence).toMatch(/^(Seen|Not seen)/);
  });

  const all = [true, false].flatMap((mustSeeIfTrue) =>
    [true, false].flatMap((couldSeeIfFalse) =>
      EVIDENCE_OUTCOMES.map((outcome) =>
        readEvidenceTest({ mustSeeIfTrue, couldSeeIfFalse }, outcome),
      ),
    ),
  );

  it('never helps the claim by failing nor hurts it by passing', () => {
    for (const type of EVIDENCE_TESTS) {
      const [passed, failed] = EVIDENCE_OUTCOMES.map((outcome) =>
        all.find((one) => one.type === type && one.outcome === outcome),
      );
      expect(CLAIM_EFFECTS.indexOf(passed!.claim)).toBeGreaterThanOrEqual(3);
      expect(CLAIM_EFFECTS.indexOf(failed!.claim)).toBeLessThan(3);
      expect(RIVAL_EFFECTS.indexOf(passed!.rival)).toBeGreaterThanOrEqual(2);
      expect(RIVAL_EFFECTS.indexOf(failed!.rival)).toBeLessThan(2);
    }
  });

  it('has a use for every effect and a sentence of its own for every reading', () => {
    expect(new Set(all.map(({ claim }) => claim))).toEqual(new Set(CLAIM_EFFECTS));
    expect(new Set(all.map(({ rival }) => rival))).toEqual(new Set(RIVAL_EFFECTS));
    expect(new Set(all.map(({ sentence }) => sentence)).size).toBe(8);
  });
});
