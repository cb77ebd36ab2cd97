/** How well a range of `Accept` names a type: the type itself, its family, or anything. */
type Precision = 3 | 2 | 1;

interface Accepted {
  precision: Precision;
  quality: number;
}

/**
 * The offered media type that a client likes best (RFC 9110, section 12.5.1): for each type the most
 * precise range that names it gives its weight, and of equal weights the one offered first stands.
 * Without a header, or when nothing offered is acceptable, it is the first: a client that asks for
 * something else still gets an answer.
 */
export function preferredType<T extends string>(
  accept: string | undefined,
  offered: readonly [T, ...T[]],
): T {
  const ranges = rangesOf(accept ?? '');
  let best = { type: offered[0], quality: 0 };
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > best.quality) best = { type, quality };
  }
  return best.type;
}

interface MediaRange {
  name: string;
  quality: number;
}

/** Ranges with parameters other than a weight, such as a version, name other types than ours. */
function rangesOf(accept: string): MediaRange[] {
  return accept.split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    const known = parameters.filter((one) => !one.startsWith('charset='));
    const [weight, ...others] = known.filter((one) => one !== '');
    if (name === '' || others.length > 0) return [];
    if (weight === undefined) return [{ name, quality: 1 }];
    const quality = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(weight)?.[1];
    return quality === undefined ? [] : [{ name, quality: Number(quality) }];
  });
}

function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const family = `${type.split('/')[0] ?? ''}/*`;
  let found: Accepted | undefined;
  for (const { name, quality } of ranges) {
    const precision = name === type ? 3 : name === family ? 2 : name === '*/*' ? 1 : null;
    if (precision !== null && precision > (found?.precision ?? 0)) found = { precision, quality };
  }
  return found?.quality ?? 0;
}
