/** `contested`: something speaks against it that nobody has settled; users of it are told. */
export const INSIGHT_STATES = ['draft', 'asserted', 'contested', 'superseded', 'retired'] as const;
export type InsightState = (typeof INSIGHT_STATES)[number];

export const INSIGHT_STATE_CODES = ['refuted_by_experiment'] as const;
/** What brought a claim to its state, where no member did. */
export type InsightStateCode = (typeof INSIGHT_STATE_CODES)[number];
