import type { Analysis, Audience, PolicyProfile } from '../experiments/definition.js';
import type { NotComputed } from '../../stats/outcome.js';
import type { Dossier } from './dossier.js';
import { openCase } from './open-gate-case.js';
import { type SmallNPanel, smallNPanel } from './measures/small-n.js';
import type { Strength } from './measures/strength.js';
import type { EvidencePolicy } from './policies.js';
import type { ProjectFacts } from './project-facts.js';

/** The evidence is judged before there is anything to analyse; nothing of this is read. */
const NO_ANALYSIS: Analysis = {
  alpha: 0.05,
  test: 'always_valid',
  adjustment: 'dunnett',
  relativeQuantile: 'test',
};

export interface InsightStrength {
  strength: Strength;
  /** What so few people can and cannot show, printed beside the label. */
  smallN: SmallNPanel | NotComputed;
}

/**
 * How strong one claim is by itself, before any experiment cites it: as if a test on its own audience
 * at full traffic cited this claim and nothing else, so the rules of `standard` say what is recent. No
 * other explanation has been named and no metric looked at yet; both are concerns of their own.
 */
export function insightStrength(input: {
  insightId: string;
  audience: Audience;
  dossier: Dossier;
  project: ProjectFacts;
  policies: Readonly<Record<PolicyProfile, EvidencePolicy>>;
  now: Date;
}): InsightStrength {
  const { insightId, audience, dossier, project, policies, now } = input;
  const { strength, ledger } = openCase({
    definition: {
      key: insightId,
      kind: 'ab',
      policy: 'standard',
      touches: [],
      traffic: 1,
      variants: [],
      audience,
      metrics: { leading: '', deciding: '', guardrails: [], secondary: [] },
      analysis: NO_ANALYSIS,
      rationale: { insightIds: [insightId] },
    },
    dossier,
    metrics: [],
    project,
    policies,
    others: [],
    parent: null,
    citedExperiments: [],
    author: '',
    now,
  });
  const smallN = smallNPanel({
    asked: ledger.asked.size,
    accounts: project.market === 'b2b' ? ledger.accounts.size : null,
    stages: ledger.stages.size,
  });
  return { strength, smallN };
}
