import { ConsentEntity } from '../../modules/evidence/people/consent.entity.js';
import { InsightEntity } from '../../modules/evidence/insights/insight.entity.js';
import { ParticipantEntity } from '../../modules/evidence/people/participant.entity.js';
import { QuestionEntity } from '../../modules/evidence/studies/question.entity.js';
import { StudyEntity } from '../../modules/evidence/studies/study.entity.js';
import { ExperimentEntity } from '../../modules/experiments/experiment.entity.js';
import { GateDecisionEntity } from '../../modules/experiments/gate-decision.entity.js';
import { IdeaEntity } from '../../modules/experiments/idea.entity.js';
import { MetricEntity } from '../../modules/metrics/metric.entity.js';
import { ApiKeyEntity } from '../../modules/projects/api-key.entity.js';
import { DepartmentEntity } from '../../modules/projects/department.entity.js';
import { MemberEntity } from '../../modules/projects/member.entity.js';
import { ProjectEntity } from '../../modules/projects/project.entity.js';

/** Tables the ORM knows; the drift check compares them with the migrations. */
export const ENTITIES = [
  ProjectEntity,
  MemberEntity,
  DepartmentEntity,
  ApiKeyEntity,
  MetricEntity,
  ParticipantEntity,
  ConsentEntity,
  QuestionEntity,
  StudyEntity,
  InsightEntity,
  GateDecisionEntity,
  IdeaEntity,
  ExperimentEntity,
] as const;
