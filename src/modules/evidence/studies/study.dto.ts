import { ApiProperty } from '@nestjs/swagger';
import {
  BUYING_ROLES,
  type BuyingRole,
  INTERVIEW_METHODS,
  type InterviewMethod,
  type Population,
  POPULATIONS,
} from '../../../domain/evidence/dossier.js';
import {
  GUIDE_QUESTION_TYPES,
  type GuideQuestion,
  type GuideQuestionType,
  type PlannedPeople,
} from '../../../domain/evidence/study.js';
import {
  STUDY_TEMPLATE_KEYS,
  type StudyTemplateKey,
} from '../../../domain/evidence/measures/study-templates.js';
import {
  Count,
  EnumOf,
  Flag,
  Id,
  Maybe,
  Name,
  NestedList,
  Text,
} from '../../../platform/http/fields.js';
import type { StudyEntity } from './study.entity.js';

/** One question of the guide. */
export class GuideQuestionDto implements GuideQuestion {
  /** A `story` asks for what happened; answers to `leading` ones do not count. */
  @EnumOf(GUIDE_QUESTION_TYPES, 'GuideQuestionType')
  type: GuideQuestionType;

  @Text()
  text: string;

  /** Asks for what would speak against the claim, so that silence about it means something. */
  @Maybe()
  @Flag()
  awkward?: boolean;
}

/** How many people of one sort are to be heard. */
export class PlannedPeopleDto implements PlannedPeople {
  @EnumOf(POPULATIONS, 'Population')
  population: Population;

  /** The stage of the funnel they speak for. */
  @Maybe()
  @Name()
  stage?: string;

  /** The part they play in a purchase. */
  @Maybe()
  @EnumOf(BUYING_ROLES, 'BuyingRole')
  buyingRole?: BuyingRole;

  /** How many of them. */
  @Count(1, 10_000)
  count: number;

  /** Who is meant, in words. */
  @Maybe()
  @Name()
  who?: string;
}

/**
 * A round of interviews for a question. A template fills in what is left out; without one, method,
 * population and plannedInterviews are needed.
 */
export class CreateStudyDto {
  /** Key of a study template. */
  @Maybe()
  @EnumOf(STUDY_TEMPLATE_KEYS, 'StudyTemplateKey')
  template?: StudyTemplateKey;

  @Maybe()
  @Id()
  questionId?: string;

  @Name()
  name: string;

  @Maybe()
  @EnumOf(INTERVIEW_METHODS, 'InterviewMethod')
  method?: InterviewMethod;

  /** Whom to hear. */
  @Maybe()
  @EnumOf(POPULATIONS, 'Population')
  population?: Population;

  @Maybe()
  @Count(1, 10_000)
  plannedInterviews?: number;

  /** The recent event everybody in it has lived through, e.g. first purchase. */
  @Maybe()
  @Name()
  anchorEvent?: string;

  /** What will be asked. */
  @Maybe()
  @Text(20_000)
  guide?: string;

  /** The questions of the guide, each with its type. */
  @Maybe()
  @NestedList(() => GuideQuestionDto)
  guideQuestions?: GuideQuestionDto[];

  /** Who is to be heard, line by line. */
  @Maybe()
  @NestedList(() => PlannedPeopleDto)
  peoplePlan?: PlannedPeopleDto[];

  /** When enough has been heard, written down before the first talk. */
  @Maybe()
  @Text()
  stoppingRule?: string;
}

export class StudyDto {
  id: string;
  questionId?: string;
  name: string;
  @ApiProperty({ enum: INTERVIEW_METHODS, enumName: 'InterviewMethod' })
  method: InterviewMethod;
  @ApiProperty({ enum: POPULATIONS, enumName: 'Population' })
  population: Population;
  @ApiProperty({ type: 'integer' })
  plannedInterviews: number;
  anchorEvent?: string;
  guide?: string;
  /** Key of the template it was made from. */
  template?: string;
  /** The questions of the guide, each with its type. */
  guideQuestions?: GuideQuestionDto[];
  /** Who is to be heard, line by line. */
  peoplePlan?: PlannedPeopleDto[];
  /** When enough has been heard, written down before the first talk. */
  stoppingRule?: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(study: StudyEntity): StudyDto {
    return {
      id: study.id,
      ...(study.questionId === null ? {} : { questionId: study.questionId }),
      name: study.name,
      method: study.method,
      population: study.population,
      plannedInterviews: study.plannedInterviews,
      ...(study.anchorEvent === null ? {} : { anchorEvent: study.anchorEvent }),
      ...(study.guide === null ? {} : { guide: study.guide }),
      ...(study.template === null ? {} : { template: study.template }),
      ...(study.guideQuestions === null ? {} : { guideQuestions: study.guideQuestions }),
      ...(study.peoplePlan === null ? {} : { peoplePlan: study.peoplePlan }),
      ...(study.stoppingRule === null ? {} : { stoppingRule: study.stoppingRule }),
      createdAt: study.createdAt.toISOString(),
    };
  }
}

export class StudyPageDto {
  data: StudyDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
