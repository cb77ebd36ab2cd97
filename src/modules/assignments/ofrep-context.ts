import { Invalid } from '../../domain/errors.js';
import { checkUnitId } from '../../domain/events/unit-id.js';
import type { UnitKind } from '../../domain/experiments/definition.js';

/** An evaluation context whose targeting key names a unit; all else is still unread. */
export interface EvaluationContext {
  targetingKey: string;
  [attribute: string]: unknown;
}

/**
 * The context of a body `{ context }`.
 * @throws Invalid `targeting-key-missing`, `invalid-context`
 */
export function contextOf(body: unknown): EvaluationContext {
  const context = (body as { context?: unknown } | null | undefined)?.context ?? {};
  if (typeof context !== 'object' || Array.isArray(context)) {
    throw new Invalid('invalid-context', 'context is a JSON object.');
  }
  const { targetingKey } = context as { targetingKey?: unknown };
  if (targetingKey === undefined || targetingKey === null || targetingKey === '') {
    throw new Invalid('targeting-key-missing', 'context.targetingKey is the id of the unit.');
  }
  requireUnitId('targetingKey', targetingKey);
  return context as EvaluationContext;
}

/**
 * Who is assigned: the member named like the experiment's unit (`visitor`, `user`, `account`) where
 * the context has it, else the targeting key. So one context serves experiments on different units.
 * @throws Invalid `invalid-context`
 */
export function unitIdOf(context: EvaluationContext, unit: UnitKind): string {
  const id = context[unit];
  if (id === undefined || id === null) return context.targetingKey;
  requireUnitId(unit, id);
  return id;
}

/** By the rule of events: a unit whose exposures would be refused is better told so at once. */
function requireUnitId(member: string, id: unknown): asserts id is string {
  const fault = checkUnitId(id);
  if (fault !== null) {
    throw new Invalid(
      'invalid-context',
      `context.${member} cannot be the id of a unit (${fault}).`,
    );
  }
}
