/** What a key may do. Every route names one scope, or says why it is public. */
export const SCOPES = [
  'project:read',
  'project:write',
  'members:write',
  'keys:write',
  'evidence:read',
  'evidence:read-words',
  'evidence:write',
  'metrics:read',
  'metrics:write',
  'experiments:read',
  'experiments:write',
  'experiments:decide',
  'experiments:override',
  'results:read',
  'events:write',
  'events:write-browser',
  'assign',
  'audit:read',
  'sandbox:write',
] as const;
export type Scope = (typeof SCOPES)[number];

export const KEY_KINDS = ['secret', 'write', 'public'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Keys that live in programs and pages have these scopes and no other. */
export const FIXED_SCOPES: Readonly<Record<Exclude<KeyKind, 'secret'>, readonly Scope[]>> = {
  write: ['events:write'],
  public: ['assign', 'events:write-browser'],
};

/** A key with no other scopes works from memory: it reads no data of the project, and writes no money. */
export const ASSIGNMENT_SCOPES: readonly Scope[] = ['assign', 'events:write-browser'];

/** A scope that stands in for another: who may write all events may write those of browsers. */
export function grants(scopes: readonly string[], wanted: Scope): boolean {
  if (scopes.includes(wanted)) return true;
  return wanted === 'events:write-browser' && scopes.includes('events:write');
}
