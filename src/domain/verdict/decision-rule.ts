/** The rule in words, as it is frozen into every plan: who launches a test agrees to be judged by it. */
export interface DecisionRule {
  version: number;
  text: string;
}

export const DECISION_RULE: DecisionRule = {
  version: 1,
  text:
    'Money decides, once it has matured. A failed sample ratio, too many crossovers or faulty data ' +
    'make the result invalid. Before maturity a crossed harm bound is harm, and a won leading ' +
    'metric is a proxy win with profit pending. At maturity each variant is compared with the ' +
    'control: profit lost although the leading metric won is a proxy trap; profit lost is a loss; ' +
    'profit won is a win; a won leading metric with profit not worse than its margin is a proxy win ' +
    'with profit flat; anything else is no detectable change. To ship takes a profit win, or a ' +
    'proxy win with profit flat on an audited proxy, and every guardrail not worse than its margin ' +
    'or answered by its owner.',
};
