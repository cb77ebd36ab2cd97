import { ParticipantDto } from './participant.dto.js';

export class ParticipantPageDto {
  data: ParticipantDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
