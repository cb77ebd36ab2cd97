/** What people do with a verdict. The verdict is computed; the decision is theirs. */
export const DECISION_ACTIONS = [
  'ship',
  'ship_provisional',
  'roll_back',
  'iterate',
  'stop',
] as const;
export type DecisionAction = (typeof DECISION_ACTIONS)[number];

/** The part of a decision that changes what clients are served. */
export interface Decision {
  action: DecisionAction;
  /** The shipped variant; null where nothing is shipped. */
  variant: string | null;
  /** Share of units, 0 to 1, that keep the control after shipping; null means none. */
  holdBack: number | null;
}
