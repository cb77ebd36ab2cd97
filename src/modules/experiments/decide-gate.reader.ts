import { Injectable } from '@nestjs/common';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import type { Principal } from '../../platform/security/principal.js';

/** What the decide gate would say of a decision about an experiment; nothing is stored. */
export type DecideDryRun = (
  caller: Principal,
  experimentKey: string,
  decision: object,
) => Promise<GateReport>;

/**
 * The dry run of the decide gate for the route that asks any gate. Deciding builds on experiments, not
 * the other way round, so that feature lends its question here when it starts.
 */
@Injectable()
export class DecideGateReader {
  private dryRun: DecideDryRun | null = null;

  lend(dryRun: DecideDryRun): void {
    this.dryRun = dryRun;
  }

  async check(caller: Principal, experimentKey: string, decision: object): Promise<GateReport> {
    if (this.dryRun === null) throw new Error('nobody lent the dry run of the decide gate');
    return await this.dryRun(caller, experimentKey, decision);
  }
}
