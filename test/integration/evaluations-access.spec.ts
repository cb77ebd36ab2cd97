import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { anotherProject } from '../support/another-project.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('who may see evaluations', () => {
  let it_: TestApp;

  beforeEach(async () => {
    it_ = await startTestApp();
  });
  afterEach(() => it_.close());

  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;

  it('shows pages and the latest, and 404 before the first', async () => {
    const { key } = await evaluatedExperiment(it_);
    const none = await it_.send('get', `/v1/experiments/${key}/evaluations/latest`);
    expect([none.status, none.body.code]).toEqual([404, 'no-evaluation']);
    expect((await it_.send('get', `/v1/experiments/${key}/verdict`)).status).toBe(404);
    const first = await evaluate();
    const second = await evaluate();
    const page = await it_.ok('get', `/v1/experiments/${key}/evaluations?limit=1`);
    expect(page.body.data).toEqual([first]);
    const next = await it_.ok(
      'get',
      `/v1/experiments/${key}/evaluations?limit=1&cursor=${page.body.nextCursor}`,
    );
    expect(next.body).toEqual({ data: [second] });
    const latest = await it_.ok('get', `/v1/experiments/${key}/evaluations/latest`);
    const { labels, ...stored } = latest.body;
    expect(stored).toEqual(second);
    expect(labels[0].code).toBe('PARTIAL_PROFIT');
  });

  it('P37: another project does not see it, and a key needs the scope', async () => {
    const { key } = await evaluatedExperiment(it_);
    await evaluate();
    const other = await anotherProject(it_, 'other');
    for (const [method, path] of [
      ['get', 'evaluations/latest'],
      ['get', 'evaluations'],
      ['get', 'verdict'],
      ['get', 'slots'],
      ['post', 'evaluations'],
    ] as const) {
      const answer = await it_.send(
        method,
        `/v1/experiments/${key}/${path}`,
        undefined,
        other.secret,
      );
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not-found']);
    }
    const weak = await it_.ok('post', '/v1/keys', {
      kind: 'secret',
      name: 'reader',
      scopes: ['results:read'],
    });
    const path = `/v1/experiments/${key}/evaluations`;
    const { secret } = weak.body as { secret: string };
    expect((await it_.send('post', path, undefined, secret)).status).toBe(403);
    expect((await it_.send('get', path, undefined, secret)).status).toBe(200);
  });

  it('P32: each evaluation is in the audit log', async () => {
    await evaluatedExperiment(it_);
    const { id } = await evaluate();
    const entries = await it_.sql(
      `SELECT audit_entry.object_id FROM audit_entry
         WHERE audit_entry.action = 'experiment.evaluate'`,
    );
    expect(entries).toEqual([{ object_id: id }]);
  });
});
