/** The same members with the words of every sentence the other way round: nobody's copy. */
export const inOtherWords = (reason: object): object =>
  JSON.parse(JSON.stringify(reason), (_key, value: unknown) =>
    typeof value === 'string' ? value.split(' ').toReversed().join(' ') : value,
  ) as object;
