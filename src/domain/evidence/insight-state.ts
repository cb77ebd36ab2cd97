/** `contested`: something speaks against it that nobody has settled; users of it are told. */
export const INSIGHT_STATES = ['draft', 'asserted', 'contested', 'superseded', 'retired'] as const;
export type InsightState = (typeof INSIGHT_STATES)[number];
