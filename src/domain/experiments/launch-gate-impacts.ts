import { acknowledgeImpact, completeDraft } from '../evidence/remedies.js';
import { acknowledgementRight, concernedDepartments } from './impacts.js';
import { launchFinding, type LaunchCase, type LaunchFinding } from './launch-gate-case.js';

/** Every department that will notice the change has an entry. */
export function impactMissing(gate: LaunchCase): LaunchFinding {
  const concerned = concernedIn(gate);
  const missing = concerned.filter((department) => !hasEntry(gate, department));
  const isMet = missing.length === 0;
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'IMPACT_MISSING',
    pointer: '/rationale/impacts',
    expected: concerned.length,
    actual: concerned.length - missing.length,
    subjects: missing,
    why: isMet
      ? 'For every department on the way it says what it will notice.'
      : `It does not say what ${missing.join(', ')} will notice: a cost saved in one department may cost another more.`,
    remedies: [
      completeDraft(
        gate.definition.key,
        'rationale.impacts: department, expectedEffect (none, too) and reason for each',
      ),
    ],
  });
}

/** Those who will live with it know, before it starts. */
export function impactUnacknowledged(gate: LaunchCase): LaunchFinding {
  const concerned = concernedIn(gate);
  const open = concerned.filter((department) => standingOf(gate, department) === 'open');
  const isMet = open.length === 0;
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'IMPACT_UNACKNOWLEDGED',
    pointer: '/rationale/impacts',
    expected: concerned.length,
    actual: concerned.length - open.length,
    subjects: open,
    why: isMet
      ? 'Every department on the way has acknowledged what it will notice.'
      : `Nobody of ${open.join(', ')} other than the author has acknowledged what is written now.`,
    remedies: open.map((department) => acknowledgeImpact(gate.definition.key, department)),
  });
}

/** Where a department has nobody else, the author may, and it is said everywhere. */
export function acknowledgedAlone(gate: LaunchCase): LaunchFinding {
  const alone = concernedIn(gate).filter((department) => standingOf(gate, department) === 'alone');
  const isMet = alone.length === 0;
  return launchFinding(isMet ? 'met' : 'warning', {
    code: 'ACKNOWLEDGED_ALONE',
    pointer: '/rationale/impacts',
    expected: 0,
    actual: alone.length,
    subjects: alone,
    why: isMet
      ? 'No author acknowledged for a department alone.'
      : `For ${alone.join(', ')} the author acknowledged alone: nobody else did.`,
    remedies: alone.map((department) => acknowledgeImpact(gate.definition.key, department)),
  });
}

/** Whose pay or praise moves with the number is known before the number moves. */
export function incentiveUndeclared({ rationale, definition }: LaunchCase): LaunchFinding {
  const isMet = (rationale.incentive ?? '').trim() !== '';
  return launchFinding(isMet ? 'met' : 'warning', {
    code: 'INCENTIVE_UNDECLARED',
    pointer: '/rationale/incentive',
    expected: true,
    actual: isMet,
    why: isMet
      ? 'It says whose pay or praise moves with the leading metric.'
      : 'It does not say whose pay or praise moves with the leading metric: who is paid by a number learns to move it.',
    remedies: [completeDraft(definition.key, 'rationale.incentive: who, or why nobody')],
  });
}

function concernedIn({ definition, project, metrics }: LaunchCase): string[] {
  return concernedDepartments(definition, project, metrics);
}

function hasEntry({ rationale }: LaunchCase, department: string): boolean {
  return (rationale.impacts ?? []).some(
    (entry) =>
      entry.department === department &&
      entry.expectedEffect.trim() !== '' &&
      entry.reason.trim() !== '',
  );
}

/** Judged by who could acknowledge today: a colleague who has come since must be asked. */
function standingOf(gate: LaunchCase, department: string): 'together' | 'alone' | 'open' {
  const { acknowledgements, author, project } = gate;
  const owner = project.departments.find(({ key }) => key === department);
  const rights = acknowledgements
    .filter((one) => one.department === department && !one.stale)
    .map(({ memberId }) =>
      acknowledgementRight({ memberId, author, departmentMembers: owner?.memberIds ?? [] }),
    );
  if (rights.includes('together')) return 'together';
  return rights.includes('alone') ? 'alone' : 'open';
}
