import type { ExperimentDefinition, Rationale } from './definition.js';
import type { PartialExperiment } from './partial-experiment.js';

/** Going on from an experiment: what was not written anew is taken from the one before. */

/** Names a new experiment, or is how it came about: never taken over. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(['key', 'name', 'iterationOf']);

export interface Inherited {
  body: PartialExperiment;
  /** JSON Pointers of what came from the parent, in the parent's order. */
  inherited: string[];
}

/**
 * A body that names a parent, completed from it: a whole member where none is given; the rationale
 * member by member, and its because part by part, since an iteration usually changes one reason.
 */
export function inherit(parent: ExperimentDefinition, body: PartialExperiment): Inherited {
  const inherited: string[] = [];
  const whole = filled(parent, body, '', inherited, OWN_MEMBERS);
  if (body.rationale !== undefined && parent.rationale !== undefined) {
    whole.rationale = inheritRationale(parent.rationale, body.rationale, inherited);
  }
  return { body: whole, inherited };
}

function inheritRationale(parent: Rationale, own: Rationale, inherited: string[]): Rationale {
  const whole = filled(parent, own, '/rationale', inherited);
  if (own.because !== undefined && parent.because !== undefined) {
    whole.because = filled(parent.because, own.because, '/rationale/because', inherited);
  }
  return whole;
}

/** `own` with every member it lacks taken from `parent`; an undefined member is a missing one. */
function filled<T extends object>(
  parent: object,
  own: T,
  at: string,
  inherited: string[],
  except: ReadonlySet<string> = new Set(),
): T {
  const whole = { ...own } as Record<string, unknown>;
  for (const [name, value] of Object.entries(parent)) {
    if (except.has(name) || whole[name] !== undefined || value === undefined) continue;
    whole[name] = value;
    inherited.push(`${at}/${name}`);
  }
  return whole as T;
}

/** Longer lines of iterations than this are cut at the old end. */
export const LINEAGE_MAX = 100;

/**
 * An experiment and every one before it in its line, newest first.
 *
 * @param parents which experiment each one goes on from; a missing key has no parent
 */
export function lineageOf(key: string, parents: ReadonlyMap<string, string>): string[] {
  const line: string[] = [];
  for (let at: string | undefined = key; at !== undefined; at = parents.get(at)) {
    // Keys are never reused, so a circle would be a fault of the data; it must not hang the gate.
    if (line.includes(at) || line.length === LINEAGE_MAX) break;
    line.push(at);
  }
  return line;
}
