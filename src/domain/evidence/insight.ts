import type { FORCES, MOMENTS } from './dossier.js';

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
