import { Invalid } from '../errors.js';
import type { GateReport } from './gate-report.js';

/** The refusal as it is answered: the whole report is its body, so nothing has to be asked twice. */
export function refusalOf(report: GateReport): Invalid {
  const missing = report.unmet.map(({ code }) => code).join(', ');
  return new Invalid('gate-refused', `The ${report.gate} gate refused: ${missing}.`, [], {
    ...report,
  });
}
