import type { GateReport } from '../evidence/gate-report.js';

/**
 * A gate's answer about a body that is not whole: never a pass, whatever the parts that are there
 * say, and completing it comes first once they are fine.
 *
 * @param missing JSON Pointers of what is not there
 */
export function incompleteReport(report: GateReport, missing: readonly string[]): GateReport {
  if (missing.length === 0) return report;
  return {
    ...report,
    outcome: 'refused',
    nextBest: report.nextBest ?? {
      code: 'BODY_INCOMPLETE',
      why: `What is there holds. Complete the body first: ${missing.join(', ')}.`,
      remedy: {
        action: 'Complete the body and check it again',
        method: 'POST',
        path: '/v1/experiments/check?gate=create',
        needs: missing.join(', '),
      },
    },
  };
}
