/**
 * The time on the wall, in milliseconds, whatever the product's clock says: for promises made to
 * other systems, such as how long a signature holds. Domain instants come from `Clock`.
 */
export function realNowMs(): number {
  return Date.now();
}
