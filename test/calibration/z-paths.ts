const { sqrt } = Math;

/**
 * For each test the number of runs in which |z| passed its bound at any look, when z is what a mean
 * with known variance has at growing information: a random walk, drawn step by step.
 */
export function crossings(design: {
  bounds: readonly (readonly number[])[];
  /** Information at each look as a share of the planned maximum. */
  fractions: readonly number[];
  /** Expected z at fraction 1. */
  drift: number;
  /** Only crossings in the direction of the drift count: a stop on the wrong side is no find. */
  sides: 1 | 2;
  runs: number;
  draw: () => number;
}): number[] {
  const { bounds, fractions, drift, sides, runs, draw } = design;
  const tests = bounds.length;
  const looks = fractions.length;
  const flat = Float64Array.from(bounds.flat());
  const roots = Float64Array.from(fractions, (t) => sqrt(t));
  const steps = Float64Array.from(fractions, (t, k) => sqrt(t - (fractions[k - 1] ?? 0)));
  const shifts = Float64Array.from(fractions, (t, k) => drift * (t - (fractions[k - 1] ?? 0)));
  const stopped = new Uint8Array(tests);
  const found = new Float64Array(tests);
  for (let run = 0; run < runs; run += 1) {
    stopped.fill(0);
    let sum = 0;
    for (let k = 0; k < looks; k += 1) {
      sum += (shifts[k] as number) + (steps[k] as number) * draw();
      const z = sum / (roots[k] as number);
      for (let test = 0; test < tests; test += 1) {
        if (stopped[test] === 1) continue;
        const bound = flat[test * looks + k] as number;
        if (z > bound) {
          stopped[test] = 1;
          found[test] = (found[test] as number) + 1;
        } else if (z < -bound) {
          stopped[test] = 1;
          if (sides === 2) found[test] = (found[test] as number) + 1;
        }
      }
    }
  }
  return [...found];
}
