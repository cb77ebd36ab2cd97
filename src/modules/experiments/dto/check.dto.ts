import { ApiProperty } from '@nestjs/swagger';
import { IsObject } from 'class-validator';
import { EnumOf, Id, Key, Maybe } from '../../../platform/http/fields.js';
import { IdeaBodyDto } from './experiment-body.dto.js';

/** What to ask the gate about: a body, an idea, or an experiment. */
export class CheckBodyDto extends IdeaBodyDto {
  /** Id of an idea; members of the body beside it replace the idea's. */
  @Maybe()
  @Id()
  idea?: string;

  /** Key of a stored experiment. */
  @Maybe()
  @Key()
  experiment?: string;

  /** For the decide gate: the body you would send to `.../decide`, beside `experiment`. */
  @Maybe()
  @IsObject()
  @ApiProperty({ type: 'object', additionalProperties: true })
  decision?: object;
}

export class CheckQueryDto {
  /** Which gate; `create` when absent. */
  @Maybe()
  @EnumOf(['create', 'launch', 'decide'], 'CheckedGate')
  gate?: 'create' | 'launch' | 'decide';
}
