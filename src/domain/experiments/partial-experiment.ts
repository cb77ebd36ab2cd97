import type { Analysis, ChosenMetrics, ExperimentDefinition } from './definition.js';

/** Any part of an experiment as its author writes it: whole members may be missing, and defaults. */
export type PartialExperiment = Partial<Omit<ExperimentDefinition, 'metrics' | 'analysis'>> & {
  metrics?: Partial<ChosenMetrics>;
  analysis?: Partial<Analysis>;
};

/** What a body must have before it can become an experiment. */
const NEEDED_MEMBERS = ['key', 'name', 'variants', 'audience', 'metrics'] as const;

/** Pointers of what a body still lacks. */
export function missingMembers(body: PartialExperiment): string[] {
  return NEEDED_MEMBERS.filter((name) => body[name] === undefined).map((name) => `/${name}`);
}
