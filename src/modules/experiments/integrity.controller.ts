import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { inspectIntegrity } from '../../domain/evidence/measures/integrity.js';
import { directContext, isUngatedChange } from '../../domain/experiments/ungated.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { IntegrityReportDto } from './dto/integrity.dto.js';
import { IntegrityQueries } from './integrity.queries.js';

@ApiTags('Experiments')
@Controller('v1/integrity')
export class IntegrityController {
  constructor(
    private readonly transactions: Transactions,
    private readonly queries: IntegrityQueries,
  ) {}

  /**
   * Shows patterns that go with evidence made to pass a gate: bursts, worn-out quotes, reasons that
   * stop at the minimum. Each has innocent explanations; nothing blocks, and nobody is ranked.
   */
  @Get()
  @Scoped('audit:read')
  async getIntegrityReport(@Caller() { projectId }: Principal): Promise<IntegrityReportDto> {
    return await this.transactions.run(async (manager) => {
      const experiments = await this.queries.experiments(manager, projectId);
      return {
        ...inspectIntegrity(await this.queries.facts(manager, projectId)),
        directContext: directContext(experiments),
        ungatedChanges: experiments
          .filter(({ definition }) => isUngatedChange(definition))
          .map(({ key }) => key),
      };
    }, 'REPEATABLE READ');
  }
}
