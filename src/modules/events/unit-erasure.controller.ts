import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../platform/security/access.js';
import { ActingMember, type Actor } from '../../platform/security/principal.js';
import { EraseUnitDto, UnitErasureDto } from './dto/unit-erasure.dto.js';
import { UnitErasure } from './unit-erasure.js';

@ApiTags('Events')
@Controller('v1/units')
export class UnitErasureController {
  constructor(private readonly erasure: UnitErasure) {}

  /**
   * Erases a visitor, user or account: its events are deleted for good, and what still comes of it
   * is rejected with `unit-erased`. From the next evaluation on it is in no number; published
   * results stay as they were. A person may be known as several units: erase each of them.
   *
   * Doing it again changes nothing. A unit that was never seen gets the same answer with 0 events,
   * and is marked all the same, since its events may be on their way.
   */
  @Post('erasure')
  @HttpCode(200)
  @Scoped('project:write')
  async eraseUnit(
    @ActingMember() actor: Actor,
    @Body() body: EraseUnitDto,
  ): Promise<UnitErasureDto> {
    return await this.erasure.erase(actor, { kind: body.unit.kind, id: body.unit.id });
  }
}
