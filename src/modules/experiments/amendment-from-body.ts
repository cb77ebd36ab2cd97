import { Invalid } from '../../domain/errors.js';
import { parseInstant } from '../../domain/events/instant.js';
import type { Amendment } from '../../domain/experiments/amendments.js';
import type { AmendmentDto } from './dto/amendment.dto.js';

/** The one change a body asks for. Several at once could not each have their own reason. */
export function amendmentFrom(body: AmendmentDto): Amendment {
  const asked: Amendment[] = [];
  if (body.traffic !== undefined) asked.push({ kind: 'traffic', traffic: body.traffic });
  const at = body.endEnrolmentAt === undefined ? null : parseInstant(body.endEnrolmentAt);
  if (at !== null) asked.push({ kind: 'endEnrolmentAt', at });
  if (body.addGuardrail !== undefined) {
    asked.push({ kind: 'addGuardrail', metric: body.addGuardrail });
  }
  if (body.addSecondaryMetric !== undefined) {
    asked.push({ kind: 'addSecondaryMetric', metric: body.addSecondaryMetric });
  }
  if (body.killVariant !== undefined) {
    asked.push({ kind: 'killVariant', variant: body.killVariant });
  }
  const [amendment, second] = asked;
  if (amendment === undefined || second !== undefined) {
    throw new Invalid('validation-failed', 'An amendment changes exactly one thing.', [
      { pointer: '', code: 'one-change' },
    ]);
  }
  return amendment;
}
