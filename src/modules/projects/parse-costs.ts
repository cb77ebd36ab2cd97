import { type FieldError, Invalid } from '../../domain/errors.js';
import {
  COST_WAYS,
  type CostDeclaration,
  type CostDeclarations,
} from '../../domain/money/costs.js';

/** Members a declaration of each kind has beside `how`, with their JSON type. */
const MEMBERS: Readonly<Record<CostDeclaration['how'], Readonly<Record<string, string>>>> = {
  events: {},
  unknown: {},
  none: { because: 'string' },
  rate: { ofRevenue: 'number' },
  unit_price: { event: 'string', amountMinor: 'number', currency: 'string' },
};

/** The shape of `costs`: a closed union that class-validator cannot say. */
export function parseCosts(costs: Readonly<Record<string, unknown>>): CostDeclarations {
  const errors: FieldError[] = [];
  for (const [kind, value] of Object.entries(costs)) {
    const declaration = (value ?? {}) as Record<string, unknown>;
    const pointer = `/costs/${kind}`;
    const how = COST_WAYS.find((way) => way === declaration['how']);
    if (how === undefined) {
      errors.push({ pointer: `${pointer}/how`, code: 'not-in-set' });
      continue;
    }
    const members = MEMBERS[how];
    for (const name of Object.keys(declaration)) {
      if (name !== 'how' && !(name in members)) {
        errors.push({ pointer: `${pointer}/${name}`, code: 'unknown-member' });
      }
    }
    for (const [name, type] of Object.entries(members)) {
      if (typeof declaration[name] !== type) {
        errors.push({ pointer: `${pointer}/${name}`, code: `must-be-a-${type}` });
      }
    }
  }
  if (errors.length > 0) throw new Invalid('validation-failed', 'The costs are not valid.', errors);
  return costs as CostDeclarations;
}
