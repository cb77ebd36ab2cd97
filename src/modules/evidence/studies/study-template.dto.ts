import { ApiProperty } from '@nestjs/swagger';
import { INTERVIEW_METHODS, type InterviewMethod } from '../../../domain/evidence/dossier.js';
import type { StudyTemplate } from '../../../domain/evidence/measures/study-templates.js';
import { GuideQuestionDto, PlannedPeopleDto } from './study.dto.js';

/** A recent event of the person's own, so that they tell a memory and not an opinion. */
export class TemplateAnchorDto {
  /** What happened to the person. */
  event: string;
  /** Days from the event to the talk, at least. */
  @ApiProperty({ type: 'integer' })
  daysMin: number;
  /** Days from the event to the talk, at most. */
  @ApiProperty({ type: 'integer' })
  daysMax: number;
}

/** A study ready to be adapted. */
export class StudyTemplateDto {
  key: string;
  name: string;
  /** What it is good for. */
  purpose: string;
  @ApiProperty({ enum: INTERVIEW_METHODS, enumName: 'InterviewMethod' })
  method: InterviewMethod;
  @ApiProperty({ type: 'integer' })
  plannedInterviews: number;
  anchorEvent: TemplateAnchorDto;
  /** Who is to be heard, line by line. */
  peoplePlan: PlannedPeopleDto[];
  /** When enough has been heard. */
  stoppingRule: string;
  /** The questions of the guide, each with its type. */
  guideQuestions: GuideQuestionDto[];

  static from(template: StudyTemplate): StudyTemplateDto {
    const { key, name, purpose, method, plannedInterviews, anchorEvent, stoppingRule } = template;
    return {
      key,
      name,
      purpose,
      method,
      plannedInterviews,
      anchorEvent,
      peoplePlan: [...template.whomToHear],
      stoppingRule,
      guideQuestions: [...template.guide],
    };
  }
}

export class StudyTemplateListDto {
  data: StudyTemplateDto[];
}
