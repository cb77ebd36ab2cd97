/** The few functions of jstat that are accurate enough to build on; jstat ships no types. */
declare module 'jstat' {
  interface Accurate {
    normal: {
      cdf(x: number, mean: number, sd: number): number;
      inv(p: number, mean: number, sd: number): number;
    };
    gamma: { inv(p: number, shape: number, scale: number): number };
    beta: { inv(p: number, alpha: number, beta: number): number };
  }
  const jStat: Accurate;
  export default jStat;
}
