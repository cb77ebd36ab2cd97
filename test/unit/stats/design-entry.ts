/** One worked example of the shared file: what goes in, what must come out, and how closely. */
export interface DesignEntry {
  id: string;
  family: string;
  input: unknown;
  expected: Record<string, unknown>;
  /** `abs x` or `rel x` per member of `expected`; `all` for the members without their own. */
  tolerance: Record<string, string>;
}

/** What our functions give for one entry, in the shape of its `expected`. */
export type Computed = Record<string, unknown>;

/** Numbers at most this far apart count as equal, and whether that is a share of the expected one. */
export interface Tolerance {
  kind: 'abs' | 'rel';
  size: number;
}

/** @throws Error for a text that is not `abs x` or `rel x`. */
export function parseTolerance(text: string): Tolerance {
  const [, kind, digits] = /^(abs|rel) (\d[\d.e-]*)$/.exec(text) ?? [];
  const size = Number(digits);
  if ((kind !== 'abs' && kind !== 'rel') || !(size >= 0)) {
    throw new Error(`not a tolerance: ${text}`);
  }
  return { kind, size };
}

/** The differences found, each with its path; an empty list when all agree. */
export function differences(
  path: string,
  computed: unknown,
  expected: unknown,
  tolerance: Tolerance,
): string[] {
  if (typeof expected === 'number') {
    if (typeof computed !== 'number') return [`${path}: ${String(computed)} is not a number`];
    const error = Math.abs(computed - expected);
    const room = tolerance.kind === 'abs' ? tolerance.size : tolerance.size * Math.abs(expected);
    return error <= room ? [] : [`${path}: ${computed}, expected ${expected}`];
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof computed !== 'object' || computed === null) return [`${path}: not computed`];
    const ours = computed as Record<string, unknown>;
    const lengths: string[] =
      Array.isArray(expected) && Object.keys(ours).length !== expected.length
        ? [`${path}: ${Object.keys(ours).length} values, expected ${expected.length}`]
        : [];
    return Object.entries(expected).reduce(
      (found, [key, value]) => [
        ...found,
        ...differences(`${path}.${key}`, ours[key], value, tolerance),
      ],
      lengths,
    );
  }
  return computed === expected
    ? []
    : [`${path}: ${String(computed)}, expected ${String(expected)}`];
}
