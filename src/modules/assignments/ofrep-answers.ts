import type {
  CompiledFlag,
  ServedFlag,
  ServedOutcome,
} from '../../domain/assignment/compile-flag.js';
import { Invalid } from '../../domain/errors.js';
import type { UnitKind } from '../../domain/experiments/definition.js';
import type { LiveFlag, ProjectFlags } from './assignment-config.reader.js';
import type { OfrepFailureDto, OfrepFlagDto } from './dto/ofrep.dto.js';
import { type EvaluationContext, unitIdOf } from './ofrep-context.js';

/** What a client is told of one flag. The bucket comes last: it is all that differs between units. */
export function flagOf({ experimentId, key, status, compiled }: LiveFlag, served: ServedFlag) {
  const { outcome, bucket } = served;
  const { variationId, value, inExperiment, reason } = outcome;
  return {
    key,
    value,
    reason,
    ...(inExperiment ? { variant: variationId } : {}),
    metadata: {
      experimentId,
      experimentKey: key,
      variationId,
      phase: status,
      unit: compiled.unit,
      inExperiment,
      bucket,
    },
  } satisfies OfrepFlagDto;
}

/** What follows the bucket. */
const END = '}}';

/** The answers of one flag as text, each made when it is first needed. */
class FlagAnswers {
  readonly unit: UnitKind;
  private readonly serve: CompiledFlag['serve'];
  private readonly beginnings = new Map<ServedOutcome, string>();

  constructor(private readonly flag: LiveFlag) {
    this.unit = flag.compiled.unit;
    this.serve = flag.compiled.serve;
  }

  /** The same bytes as `JSON.stringify(flagOf(..))`. */
  of(unitId: string, context: EvaluationContext): string {
    const { outcome, bucket } = this.serve(unitId, context);
    return `${this.beginnings.get(outcome) ?? this.begin(outcome)}${bucket}${END}`;
  }

  failure(error: Invalid): string {
    const { key } = this.flag;
    return JSON.stringify({
      key,
      errorCode: 'INVALID_CONTEXT',
      errorDetails: error.message,
    } satisfies OfrepFailureDto);
  }

  private begin(outcome: ServedOutcome): string {
    const whole = JSON.stringify(flagOf(this.flag, { outcome, bucket: 0 }));
    const beginning = whole.slice(0, -`0${END}`.length);
    this.beginnings.set(outcome, beginning);
    return beginning;
  }
}

/** All answers of one version of a project's flags. */
export class ProjectAnswers {
  private static readonly known = new WeakMap<ProjectFlags, ProjectAnswers>();
  private readonly byKey: ReadonlyMap<string, FlagAnswers>;

  private constructor({ flags }: ProjectFlags) {
    this.byKey = new Map([...flags].map(([key, flag]) => [key, new FlagAnswers(flag)]));
  }

  static of(flags: ProjectFlags): ProjectAnswers {
    const known = ProjectAnswers.known.get(flags);
    if (known !== undefined) return known;
    const made = new ProjectAnswers(flags);
    ProjectAnswers.known.set(flags, made);
    return made;
  }

  /**
   * One flag; null when clients know none of this key.
   * @throws Invalid `invalid-context`
   */
  one(key: string, context: EvaluationContext): string | null {
    const flag = this.byKey.get(key);
    return flag === undefined ? null : flag.of(unitIdOf(context, flag.unit), context);
  }

  /** Every flag, by key, with commas; one that cannot be evaluated says so in its place. */
  all(context: EvaluationContext): string {
    const ids: { [kind in UnitKind]?: string | Invalid } = {};
    let text = '';
    for (const flag of this.byKey.values()) {
      const id = (ids[flag.unit] ??= idOrFault(context, flag.unit));
      const answer = typeof id === 'string' ? flag.of(id, context) : flag.failure(id);
      text = text === '' ? answer : `${text},${answer}`;
    }
    return text;
  }
}

function idOrFault(context: EvaluationContext, unit: UnitKind): string | Invalid {
  try {
    return unitIdOf(context, unit);
  } catch (error) {
    if (error instanceof Invalid) return error;
    throw error;
  }
}
