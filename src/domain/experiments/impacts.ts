import type { ProjectFacts } from '../evidence/project-facts.js';
import type { ExperimentDefinition } from './definition.js';
import { chainMetricsOf, chainNodesOf } from './rationale-references.js';

/** Departments and what the change does to them: who is concerned, who has acknowledged what. */

const EXPERIENCE_NODE = 'experience:';

/**
 * Departments the change reaches, in the project's order: owners of a stage the audience is at, of a
 * touchpoint that is an experience on the way, or of a metric on the way.
 */
export function concernedDepartments(
  { audience, rationale }: Pick<ExperimentDefinition, 'audience' | 'rationale'>,
  project: Pick<ProjectFacts, 'departments'>,
  metrics: readonly { key: string; department?: string }[],
): string[] {
  const stages = new Set(audience.stages ?? []);
  const experiences = new Set(
    chainNodesOf(rationale ?? {})
      .filter((node) => node.startsWith(EXPERIENCE_NODE))
      .map((node) => node.slice(EXPERIENCE_NODE.length)),
  );
  const onTheWay = new Set(chainMetricsOf(rationale ?? {}));
  const owners = new Set(
    metrics.filter(({ key }) => onTheWay.has(key)).map(({ department }) => department),
  );
  return project.departments
    .filter(
      ({ key, stages: owned, touchpoints }) =>
        owned.some((stage) => stages.has(stage)) ||
        touchpoints.some((touchpoint) => experiences.has(touchpoint)) ||
        owners.has(key),
    )
    .map(({ key }) => key);
}

export const IMPACT_STATES = ['missing', 'unacknowledged', 'acknowledged', 'stale'] as const;
export type ImpactState = (typeof IMPACT_STATES)[number];

/** One acknowledgement as it was stored: of the entry with this digest. */
export interface StoredAcknowledgement {
  department: string;
  digest: string;
  memberId: string;
  /** Nobody else could: the author did it. */
  alone: boolean;
  acknowledgedAt: Date;
}

export interface ImpactStanding {
  department: string;
  state: ImpactState;
  acknowledgement: StoredAcknowledgement | null;
}

/**
 * Where each department stands: an acknowledgement is of one entry word for word, so a changed entry
 * makes it stale.
 *
 * @param concerned departments that must have an entry; those with an entry are always listed
 */
export function impactStandings(input: {
  concerned: readonly string[];
  entries: readonly { department: string; digest: string }[];
  acknowledgements: readonly StoredAcknowledgement[];
}): ImpactStanding[] {
  const { concerned, entries, acknowledgements } = input;
  const departments = [
    ...new Set([...concerned, ...entries.map(({ department }) => department)]),
  ].toSorted();
  return departments.map((department) => {
    const entry = entries.find((one) => one.department === department);
    if (entry === undefined) return { department, state: 'missing', acknowledgement: null };
    const own = acknowledgements
      .filter((one) => one.department === department)
      .toSorted((one, other) => other.acknowledgedAt.getTime() - one.acknowledgedAt.getTime());
    const current = own.find(({ digest }) => digest === entry.digest);
    if (current !== undefined)
      return { department, state: 'acknowledged', acknowledgement: current };
    const [latest] = own;
    if (latest === undefined) return { department, state: 'unacknowledged', acknowledgement: null };
    return { department, state: 'stale', acknowledgement: latest };
  });
}

export type AcknowledgementRight =
  'together' | 'alone' | 'not-in-department' | 'author-cannot-acknowledge';

/**
 * Whether a member may acknowledge for a department. A side effect is for those who will live with
 * it to accept, not for whoever proposed it; only where there is nobody else may the author, and
 * then it is said everywhere that nobody else did.
 */
export function acknowledgementRight(who: {
  memberId: string;
  author: string;
  departmentMembers: readonly string[];
}): AcknowledgementRight {
  const { memberId, author, departmentMembers } = who;
  if (memberId !== author) {
    return departmentMembers.includes(memberId) ? 'together' : 'not-in-department';
  }
  const others = departmentMembers.filter((id) => id !== author);
  if (others.length === 0) return 'alone';
  return departmentMembers.includes(author) ? 'author-cannot-acknowledge' : 'not-in-department';
}
