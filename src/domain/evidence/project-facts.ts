/** What a gate needs to know of the project and the people who work in it. */

/** In `b2b` an account buys as one, so accounts are the unit of independence. */
export const MARKETS = ['b2c', 'b2b'] as const;
export type Market = (typeof MARKETS)[number];

export interface DepartmentFacts {
  key: string;
  stages: readonly string[];
  touchpoints: readonly string[];
  /** Members who may acknowledge for it. */
  memberIds: readonly string[];
}

export interface ProjectFacts {
  market: Market;
  /** The funnel, in order. */
  stages: readonly string[];
  departments: readonly DepartmentFacts[];
  /** Everybody who acts in the project. */
  memberIds: readonly string[];
}
