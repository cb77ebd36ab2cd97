import type { CitedInsight } from '../citations.js';
import type { CreateGateCode } from '../create-gate-codes.js';
import type { DossierInsight } from '../dossier.js';
import type { InsightState } from '../insight-state.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { searchForContradiction, writeInsight } from '../remedies.js';

/** What speaks against a cited insight is known before the test, not found after it. */
export function insightContested(gate: GateCase): Finding {
  const contested = gate.citations.insights.filter(
    ({ insight }) => insight.state === 'contested' || isWeakened(insight),
  );
  return findingFor('INSIGHT_CONTESTED', contested, 'warning', {
    bad: (many) =>
      `${many} contested or weakened: something speaks against it that nobody has settled.`,
    good: 'No cited insight is contested or weakened.',
    remedies: contested.map(({ insight }) => searchForContradiction(insight.id)),
  });
}

/** A claim that was given up or replaced is no reason for a new test. */
export function insightRetired(gate: GateCase): Finding {
  const retired = inState(gate, ['superseded', 'retired']);
  return findingFor('INSIGHT_RETIRED', retired, 'unmet', {
    bad: (many) => `${many} retired or replaced by a newer one.`,
    good: 'No cited insight is retired or replaced.',
    remedies: [writeInsight()],
  });
}

/** An experiment won and showed that it was not for this reason. */
function isWeakened({ track }: DossierInsight): boolean {
  return (track ?? []).some(({ effect }) => effect === 'weakened');
}

function inState({ citations }: GateCase, states: readonly InsightState[]): CitedInsight[] {
  return citations.insights.filter(({ insight }) => states.includes(insight.state));
}

function findingFor(
  code: CreateGateCode,
  bad: readonly CitedInsight[],
  state: 'warning' | 'unmet',
  texts: { bad: (many: string) => string; good: string; remedies: Finding['item']['remedies'] },
): Finding {
  const many = countOf(bad.length, 'cited insight is', 'cited insights are');
  return finding(bad.length === 0 ? 'met' : state, {
    code,
    pointer: bad[0]?.pointer ?? '/rationale/insightIds',
    expected: 0,
    actual: bad.length,
    subjects: bad.map(({ insight }) => insight.id),
    why: bad.length === 0 ? texts.good : texts.bad(many),
    remedies: texts.remedies,
  });
}
