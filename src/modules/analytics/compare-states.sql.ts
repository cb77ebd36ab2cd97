import type { StateTables } from './pass.js';
import type { SqlParameters } from './sql-parameters.js';
import { UNIT_COLUMNS } from './units.sql.js';

/**
 * The first difference between two states with one layout, as a row (detail); no row when they are
 * equal. Sums are exact, so equal means equal. Moments of nobody are the same as none.
 */
export function compareStatesSql(
  one: StateTables,
  other: StateTables,
  parameters: SqlParameters,
): string {
  const [first, second] = [
    `${parameters.bind(one.number)}::int`,
    `${parameters.bind(other.number)}::int`,
  ];
  const columns = UNIT_COLUMNS.filter((column) => column !== 'state').join(', ');
  return `
    (SELECT 'a unit has other sums than in the log' AS detail
     FROM (
       (SELECT ${columns} FROM ${one.units} WHERE state = ${first}
        EXCEPT SELECT ${columns} FROM ${other.units} WHERE state = ${second})
       UNION ALL
       (SELECT ${columns} FROM ${other.units} WHERE state = ${second}
        EXCEPT SELECT ${columns} FROM ${one.units} WHERE state = ${first})
     ) AS differing LIMIT 1)
    UNION ALL
    (SELECT format('matured %s, dimension %s, arm %s, day %s: other sums over units than in the log',
       coalesce(mine.matured, theirs.matured), coalesce(mine.dimension, theirs.dimension),
       coalesce(mine.arm, theirs.arm), coalesce(mine.day, theirs.day))
     FROM (SELECT * FROM ${one.moments} WHERE state = ${first}) AS mine
     FULL JOIN (SELECT * FROM ${other.moments} WHERE state = ${second}) AS theirs
       ON theirs.matured = mine.matured AND theirs.dimension = mine.dimension
       AND theirs.value = mine.value AND theirs.arm = mine.arm AND theirs.day = mine.day
     WHERE mine.sums IS DISTINCT FROM theirs.sums
       AND NOT (coalesce(theirs.sums[1], 0) = 0 AND 0 = ALL (mine.sums))
     LIMIT 1)
    UNION ALL
    (SELECT 'a single value of a quantile is another than in the log'
     FROM (
       (SELECT unit, "column", value FROM ${one.occurrences} WHERE state = ${first}
        EXCEPT ALL SELECT unit, "column", value FROM ${other.occurrences} WHERE state = ${second})
       UNION ALL
       (SELECT unit, "column", value FROM ${other.occurrences} WHERE state = ${second}
        EXCEPT ALL SELECT unit, "column", value FROM ${one.occurrences} WHERE state = ${first})
     ) AS differing LIMIT 1)
    UNION ALL
    (SELECT 'other sales are over-refunded than in the log'
     FROM (
       (SELECT sale, unit FROM ${one.excess} WHERE state = ${first}
        EXCEPT SELECT sale, unit FROM ${other.excess} WHERE state = ${second})
       UNION ALL
       (SELECT sale, unit FROM ${other.excess} WHERE state = ${second}
        EXCEPT SELECT sale, unit FROM ${one.excess} WHERE state = ${first})
     ) AS differing LIMIT 1)
    LIMIT 1`;
}
