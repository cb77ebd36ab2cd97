import { livedExperiences } from './directness.js';
import type { GateCase } from './gate-case.js';
import type { Testimony } from './testimony.js';

/** People who support the claim, by how near what they lived is to the stages of the audience. */
export interface StageNearness {
  /** Counted people who speak for a stage of the audience. */
  exact: ReadonlySet<string>;
  /** People who speak for the stage just before or after; they do not count. */
  adjacent: ReadonlySet<string>;
  /** Counted people who name no stage, and everybody else who speaks for people of the audience. */
  other: ReadonlySet<string>;
  /** The neighbouring stages that were heard. */
  adjacentStages: ReadonlySet<string>;
}

/** Without stages in the audience everybody who counts is exact. */
export function stageNearness(
  gate: Pick<GateCase, 'definition' | 'policy' | 'project' | 'people' | 'testimonies' | 'personOf'>,
): StageNearness {
  const { definition, people, personOf, testimonies } = gate;
  const stages = definition.audience.stages ?? [];
  const exact = new Set<string>();
  const adjacent = new Set<string>();
  const other = new Set<string>();
  const adjacentStages = new Set<string>();
  for (const { interview, participant } of people.testimonies) {
    if (interview === null || participant === null) continue;
    const { audience } = definition;
    const lived = livedExperiences({ participant, interview, audience, policy: gate.policy });
    const speaks = stages.length === 0 || lived.some(({ stage }) => stage !== undefined);
    (speaks ? exact : other).add(personOf(participant.id));
  }
  const near = neighboursOf(stages, gate.project.stages);
  for (const testimony of testimonies) {
    const declared = declaredStages(testimony, definition.audience.populations);
    if (declared.length === 0 || testimony.participant === null) continue;
    const person = personOf(testimony.participant.id);
    const heard = declared.filter((stage) => near.has(stage));
    for (const stage of heard) adjacentStages.add(stage);
    (heard.length > 0 ? adjacent : other).add(person);
  }
  for (const id of exact) adjacent.delete(id);
  for (const id of [...exact, ...adjacent]) other.delete(id);
  return { exact, adjacent, other, adjacentStages };
}

function declaredStages(testimony: Testimony, populations: readonly string[]): string[] {
  const { supports, participant, interview } = testimony;
  if (!supports || participant?.kind !== 'human') return [];
  const declared = interview?.participants.find((one) => one.participantId === participant.id);
  return (declared?.speaksFor ?? []).flatMap(({ population, stage }) =>
    stage !== undefined && populations.includes(population) ? [stage] : [],
  );
}

/** The stages just before and after those of the audience, in the order of the funnel. */
function neighboursOf(stages: readonly string[], funnel: readonly string[]): ReadonlySet<string> {
  const near = new Set<string>();
  for (const stage of stages) {
    const at = funnel.indexOf(stage);
    if (at === -1) continue;
    for (const neighbour of [funnel[at - 1], funnel[at + 1]]) {
      if (neighbour !== undefined && !stages.includes(neighbour)) near.add(neighbour);
    }
  }
  return near;
}
