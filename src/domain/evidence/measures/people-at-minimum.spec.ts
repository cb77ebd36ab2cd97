import { readFixture } from '../../../../test/fixtures/stats/read-golden.js';
import { binomialAtLeast } from './binomial-tail.js';
import { type PeopleAtMinimum, peopleAtMinimum } from './people-at-minimum.js';

const { cases } = readFixture<{ cases: { at: number; near: number; p: number }[] }>(
  'people-at-minimum.json',
  'evidence',
);

/** So many rationales with no, one, two and more people above a minimum of three. */
function judged(...counts: number[]): ReturnType<typeof peopleAtMinimum> {
  const rationales = counts.flatMap((count, extra) =>
    Array.from({ length: count }, () => ({ people: 3 + extra, peopleMin: 3 })),
  );
  return peopleAtMinimum(rationales);
}

describe('peopleAtMinimum', () => {
  it.each(cases)('agrees with SciPy for $at of $near', ({ at, near, p }) => {
    const result = judged(at, near - at) as PeopleAtMinimum;
    expect(result).toMatchObject({ ok: true, atMinimum: at, near });
    expect(Math.abs(result.pValue / p - 1)).toBeLessThan(1e-12);
  });

  it.each([
    ['all of eight', [8], true],
    ['seven of eight', [7, 1], false],
    ['a falling distribution', [10, 6, 4, 2, 1], false],
    ['an even one', [8, 8, 8, 8], false],
    ['three quarters of sixty', [45, 10, 5], true],
    ['many far above do not hide it', [12, 1, 0, 40], true],
  ])('%s', (_name, counts, isSpike) => {
    expect(judged(...counts)).toMatchObject({ ok: true, isSpike });
  });

  it('takes the minimum of each rationale', () => {
    const rationales = [3, 6].flatMap((peopleMin) =>
      Array.from({ length: 5 }, () => ({ people: peopleMin, peopleMin })),
    );
    expect(peopleAtMinimum(rationales)).toMatchObject({ counts: [10, 0, 0], isSpike: true });
  });

  it('leaves out what is below the minimum, and says when too little is left', () => {
    const below = Array.from({ length: 30 }, () => ({ people: 2, peopleMin: 3 }));
    expect(peopleAtMinimum(below)).toMatchObject({ ok: false, reason: 'too-few' });
    expect(judged(4, 2, 1, 50)).toMatchObject({ ok: false, reason: 'too-few' });
    expect(judged()).toMatchObject({ ok: false, reason: 'too-few' });
  });

  it('alarms in at most one of a hundred reports where half are to be expected', () => {
    for (let near = 8; near <= 80; near += 1) {
      const first = Array.from({ length: near + 1 }, (_, at) => at).find(
        (at) => (judged(at, near - at) as PeopleAtMinimum).isSpike,
      );
      expect(binomialAtLeast(first ?? 0, near, 0.5)).toBeLessThanOrEqual(0.01);
    }
  });
});
