import type { FORCES, MOMENTS } from './dossier.js';

/** `contested`: something speaks against it that nobody has settled; users of it are told. */
export const INSIGHT_STATES = ['draft', 'asserted', 'contested', 'superseded', 'retired'] as const;
export type InsightState = (typeof INSIGHT_STATES)[number];

/** In a sentence each: what pushes and pulls people, and what holds them. */
export type InsightForces = Partial<Record<Exclude<(typeof FORCES)[number], 'none'>, string>>;

/** One dated step from the first thought to the ongoing use. */
export interface SwitchMoment {
  moment: (typeof MOMENTS)[number];
  /** An instant, or a date; absent when nobody remembers. */
  at?: string;
  what: string;
  quoteIds?: readonly string[];
}
