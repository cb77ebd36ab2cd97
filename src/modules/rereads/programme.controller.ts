import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageOf, pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { ProgrammeEntryDto, ProgrammeProfitDto } from './dto/programme-profit.dto.js';
import { ProgrammeQueries } from './programme.queries.js';

@ApiTags('Results')
@Controller('v1/programme')
export class ProgrammeController {
  constructor(private readonly programme: ProgrammeQueries) {}

  /**
   * Says what all shipped experiments together claimed to earn and what they were found to earn when
   * their money was read again: how many wins held, how many did not, and how many nobody has read
   * yet. Provisional ships are listed apart and never count as wins. The sums are of the whole
   * programme on every page.
   */
  @Get('profit')
  @Scoped('results:read')
  async getProgrammeProfit(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<ProgrammeProfitDto> {
    const { limit, after } = pageRequest(query);
    const profit = await this.programme.profit(caller.projectId);
    const rows = profit.entries
      .map((entry) => ({ ...entry, id: entry.decisionId }))
      .filter(({ id }) => after === null || id > after)
      .slice(0, limit + 1);
    return ProgrammeProfitDto.from(
      profit,
      pageOf(rows, limit, (entry) => ProgrammeEntryDto.from(entry)),
    );
  }
}
