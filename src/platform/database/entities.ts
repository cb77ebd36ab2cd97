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
] as const;
