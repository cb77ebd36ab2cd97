import type { Population } from '../dossier.js';
import type { PlannedPeople } from '../study.js';

/** What one participant spoke for in one interview that was held. */
export interface HeardPerson {
  participantId: string;
  population: Population;
  stage?: string;
  buyingRoles: readonly string[];
}

export interface CoverageCount {
  /** People the plan names. */
  planned: number;
  /** Distinct people heard, planned or not. */
  heard: number;
  /** People the plan still lacks. */
  missing: number;
}

export interface PlanLine extends CoverageCount {
  toHear: PlannedPeople;
}

export interface Coverage {
  /** The stages of the journey in its order, then those only the plan or an interview names. */
  stages: readonly (CoverageCount & { stage: string })[];
  /** The roles that the project, the plan or an interview names. */
  buyingRoles: readonly (CoverageCount & { buyingRole: string })[];
  plan: readonly PlanLine[];
  unheardStages: readonly string[];
  unheardRoles: readonly string[];
  /** Whom to ask next; null when the plan is met and nobody is unheard. */
  next: { population?: Population; stage?: string; buyingRole?: string; sentence: string } | null;
}

export interface CoverageInput {
  /** Keys of the stages of the project's journey, in order. */
  stages: readonly string[];
  /** Roles that take part in the decision; those of the plan are added. */
  buyingRoles?: readonly string[];
  plan: readonly PlannedPeople[];
  heard: readonly HeardPerson[];
}

/**
 * Whom have we not heard? People are counted, not interviews: whoever was heard twice counts once for
 * each stage and role. One person may fill several lines of the plan, since a decider who also uses the
 * product can speak for both.
 */
export function coverageOf(input: CoverageInput): Coverage {
  const { heard } = input;
  const plan = input.plan.map((toHear) => lineOf(toHear, heard));
  const stageKeys = inOrder([
    ...input.stages,
    ...input.plan.map(({ stage }) => stage),
    ...heard.map(({ stage }) => stage),
  ]);
  const roleKeys = inOrder([
    ...(input.buyingRoles ?? []),
    ...input.plan.map(({ buyingRole }) => buyingRole),
    ...heard.flatMap((one) => one.buyingRoles),
  ]);
  const stages = stageKeys.map((stage) => ({
    stage,
    ...countOver(
      plan.filter(({ toHear }) => toHear.stage === stage),
      heard.filter((one) => one.stage === stage),
    ),
  }));
  const buyingRoles = roleKeys.map((buyingRole) => ({
    buyingRole,
    ...countOver(
      plan.filter(({ toHear }) => toHear.buyingRole === buyingRole),
      heard.filter((one) => one.buyingRoles.includes(buyingRole)),
    ),
  }));
  const unheardStages = stages.filter((one) => one.heard === 0).map(({ stage }) => stage);
  const unheardRoles = buyingRoles
    .filter((one) => one.heard === 0)
    .map(({ buyingRole }) => buyingRole);
  const next = nextOf({ plan, unheardStages, unheardRoles });
  return { stages, buyingRoles, plan, unheardStages, unheardRoles, next };
}

function lineOf(toHear: PlannedPeople, heard: readonly HeardPerson[]): PlanLine {
  const { population, stage, buyingRole, count } = toHear;
  const fitting = heard.filter(
    (one) =>
      one.population === population &&
      (stage === undefined || one.stage === stage) &&
      (buyingRole === undefined || one.buyingRoles.includes(buyingRole)),
  );
  const people = distinctPeople(fitting);
  return { toHear, planned: count, heard: people, missing: Math.max(0, count - people) };
}

function countOver(lines: readonly PlanLine[], heard: readonly HeardPerson[]): CoverageCount {
  return {
    planned: lines.reduce((sum, { planned }) => sum + planned, 0),
    heard: distinctPeople(heard),
    missing: lines.reduce((sum, { missing }) => sum + missing, 0),
  };
}

/** An unheard line of the plan first, then the one that lacks most, then what no plan names. */
function nextOf({
  plan,
  unheardStages,
  unheardRoles,
}: Pick<Coverage, 'plan' | 'unheardStages' | 'unheardRoles'>): Coverage['next'] {
  const [line] = plan
    .filter(({ missing }) => missing > 0)
    .toSorted((a, b) => Number(a.heard > 0) - Number(b.heard > 0) || b.missing - a.missing);
  if (line !== undefined) {
    const { population, stage, buyingRole } = line.toHear;
    const where = stage === undefined ? '' : ` at the stage ${stage}`;
    const as = buyingRole === undefined ? '' : ` in the role ${words(buyingRole)}`;
    return {
      population,
      ...(stage === undefined ? {} : { stage }),
      ...(buyingRole === undefined ? {} : { buyingRole }),
      sentence: `Next, ask a person of the population ${words(population)}${where}${as}: ${line.heard} of ${line.planned} heard.`,
    };
  }
  const [stage] = unheardStages;
  if (stage !== undefined) {
    return { stage, sentence: `Next, ask somebody at the stage ${stage}: nobody was heard there.` };
  }
  const [buyingRole] = unheardRoles;
  if (buyingRole !== undefined) {
    const sentence = `Next, ask somebody in the role ${words(buyingRole)}: nobody was heard in it.`;
    return { buyingRole, sentence };
  }
  return null;
}

function distinctPeople(heard: readonly HeardPerson[]): number {
  return new Set(heard.map(({ participantId }) => participantId)).size;
}

function inOrder(keys: readonly (string | undefined)[]): string[] {
  return [...new Set(keys.filter((key) => key !== undefined))];
}

function words(key: string): string {
  return key.replaceAll('_', ' ');
}
