/** `1 stage`, `2 stages`; the plural is given where it is irregular. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}
