import type { ProjectFacts } from '../evidence/project-facts.js';
import type { Metric } from '../metrics/metric.js';

/** Who answers for a guardrail, of the people there are today. */

export interface GuardrailOwner {
  /** The member that the metric names, by name or id; null where it names nobody of the project. */
  member: { id: string; name: string } | null;
  department: string | null;
  /** Members of the department; empty where the metric has none. */
  departmentMembers: readonly string[];
}

/**
 * The metric as it was frozen says who owns it, so that nobody becomes its owner in sight of a breach.
 *
 * @param names of every member, by id
 */
export function guardrailOwner(
  { owner, department }: Pick<Metric, 'owner' | 'department'>,
  project: Pick<ProjectFacts, 'departments'>,
  names: ReadonlyMap<string, string>,
): GuardrailOwner {
  const found = [...names].find(([id, name]) => owner === name || owner === id);
  return {
    member: found === undefined ? null : { id: found[0], name: found[1] },
    department: department ?? null,
    departmentMembers: project.departments.find(({ key }) => key === department)?.memberIds ?? [],
  };
}

/** Who must answer, in words that follow "ask". */
export function answererInWords({ member, department, departmentMembers }: GuardrailOwner): string {
  if (member !== null) return member.name;
  return department === null || departmentMembers.length === 0
    ? 'whoever proposed the change, as nobody owns it,'
    : `a member of ${department}`;
}
