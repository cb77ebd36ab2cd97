/**
 * A seeded stream of numbers in [0, 1): sfc32, whose state is filled from the seed's text by
 * FNV-1a. The same seed gives the same stream on every machine.
 * @param {string} seed
 * @returns {() => number}
 */
export function createRandom(seed) {
  let [a, b, c, count] = ['a', 'b', 'c', 'd'].map((part) => fnv1a(`${part}:${seed}`));
  const next = () => {
    const sum = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first numbers still show the seed.
  for (let round = 0; round < 16; round += 1) next();
  return next;
}

function fnv1a(text) {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash | 0;
}
