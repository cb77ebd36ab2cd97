import type { GateItem } from '../../src/domain/evidence/gate-report.js';
import type { TestApp } from './test-app.js';

/** What a decision is about; `why` and other members stand in for what this would say. */
export interface DecisionSaid {
  action: 'ship' | 'ship_provisional' | 'iterate' | 'roll_back' | 'stop';
  reason: string;
  variant?: string;
  [member: string]: unknown;
}

/**
 * A whole body for `POST /v1/experiments/{key}/decide`, for tests of other things than learning. Nobody
 * can explain the result; the dry run says what else is asked, and each of it gets the answer that
 * claims least: links the numbers do not reach are not measured, departments noticed nothing, and
 * surprises are closed.
 */
export async function decisionBody(
  app: TestApp,
  key: string,
  said: DecisionSaid,
): Promise<Record<string, unknown>> {
  const body = { why: { state: 'unexplained', text: 'Nobody was asked after the test.' }, ...said };
  const { body: report } = await app.ok('post', '/v1/experiments/check?gate=decide', {
    experiment: key,
    decision: body,
  });
  const asked = (code: string) =>
    [...(report.unmet as GateItem[]), ...(report.warnings as GateItem[])].filter(
      (item) => item.code === code,
    );
  return {
    links: asked('LINKS_UNJUDGED').flatMap(({ subjects }) => subjects.map(notMeasured)),
    sideEffects: asked('SIDE_EFFECTS_UNREAD').flatMap(({ subjects }) =>
      subjects.map((department) => ({ department, observed: 'none', note: 'Nothing noticed.' })),
    ),
    surprises: asked('SURPRISE_OPEN').map(({ actual, subjects }) => ({
      code: actual,
      subject: subjects[0],
      closedUnexplained: 'Not looked into: the people are invented.',
    })),
    ...body,
  };
}

function notMeasured(link: string): { from: string; to: string; verdict: 'not_measured' } {
  const [from = '', to = ''] = link.split(' -> ');
  return { from, to, verdict: 'not_measured' };
}
