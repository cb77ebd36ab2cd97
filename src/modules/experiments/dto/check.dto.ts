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
}

export class CheckQueryDto {
  /** Which gate; `create` when absent. What a decision needs is asked at /decide. */
  @Maybe()
  @EnumOf(['create', 'launch'], 'CheckedGate')
  gate?: 'create' | 'launch';
}
