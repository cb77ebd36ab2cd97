import type { EvaluationContext } from '@openfeature/core';
import type { UnitKind, UnitRef } from './happening.js';

/**
 * Who is meant, by the rule the service assigns by: the member of the context named like the kind of
 * unit, else the targeting key. Null when there is neither; then the service assigned nobody.
 */
export function unitOf(context: Readonly<EvaluationContext>, kind: UnitKind): UnitRef | null {
  const id: unknown = context[kind] ?? context.targetingKey;
  return typeof id === 'string' && id !== '' ? { kind, id } : null;
}
