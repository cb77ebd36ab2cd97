import request, { type Response } from 'supertest';
import { BRIEF_CONTENT_POLICY } from '../../src/domain/brief/html.js';
import { aMetric, evaluatedExperiment } from '../support/evaluated-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

describe('GET /v1/experiments/{key}/brief', () => {
  let it_: TestApp;
  beforeAll(async () => {
    it_ = await startTestApp();
    await it_.moveClock('2026-01-10T00:00:00Z');
  });
  afterAll(() => it_.close());

  const read = async (key: string, accept?: string): Promise<Response> => {
    const call = request(it_.app.getHttpServer())
      .get(`/v1/experiments/${key}/brief`)
      .set('authorization', `Bearer ${ADMIN_KEY}`);
    return await (accept === undefined ? call : call.set('accept', accept));
  };

  it('comes in the form a client likes best, and a page may only style itself', async () => {
    const { key } = await evaluatedExperiment(it_, { key: 'forms' });
    const browsers = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    for (const [accept, type] of [
      [undefined, 'application/json; charset=utf-8'],
      ['text/html;q=0.4, text/markdown;q=0.5', 'text/markdown; charset=utf-8'],
      [browsers, 'text/html; charset=utf-8'],
    ] as const) {
      const answer = await read(key, accept);
      expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
      expect(answer.headers['vary']).toContain('accept');
      const policy = answer.headers['content-security-policy'];
      if (accept === browsers) expect(policy).toBe(BRIEF_CONTENT_POLICY);
      else expect(policy).not.toContain('unsafe-inline');
    }
    const { text } = await read(key, browsers);
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain('<title>A shorter checkout (forms)</title>');
    const missing = await read('nobody', browsers);
    expect([missing.status, missing.headers['content-type']]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('says what was changed on the way, by whom and why, and whose the guardrails are', async () => {
    const tickets = aMetric({
      key: 'tickets',
      direction: 'decrease',
      department: 'support',
      margin: { value: 0.1, scale: 'relative' },
    });
    const { key } = await evaluatedExperiment(it_, {
      key: 'amended',
      traffic: 0.5,
      metrics: [aMetric({ key: 'clicks' }), tickets],
      guardrails: ['tickets'],
    });
    const reason = 'the week before the holidays is <quiet>';
    const body = { reason, endEnrolmentAt: '2026-02-03T00:00:00Z' };
    await it_.ok('post', `/v1/experiments/${key}/amendments`, body);
    const { body: brief } = await it_.ok('get', `/v1/experiments/${key}/brief`);
    expect(brief.amendments).toMatchObject([
      {
        planVersion: 2,
        by: 'owner',
        reason,
        sentence: `Plan version 2, 10 January 2026, by owner: enrolment ends on 3 February 2026, because ${reason}`,
      },
    ]);
    expect(brief.guardrails).toMatchObject([
      { metric: 'tickets', department: 'support', states: [], answers: [] },
    ]);
    expect(brief).toMatchObject({ decisions: [], afterDecision: [], learning: [], followUps: [] });
    const { text } = await read(key, 'text/html');
    expect(text).toContain('is &lt;quiet&gt;');
    expect(text).not.toContain('<quiet>');
  });

  it('of an A/A test says health only', async () => {
    const { key } = await evaluatedExperiment(it_, { key: 'twins', kind: 'aa' });
    const { body: brief } = await it_.ok('get', `/v1/experiments/${key}/brief`);
    expect(brief.labels).toContain('A/A test: a health report, never a result');
    expect(brief).not.toHaveProperty('money');
    const { text } = await read(key, 'text/markdown');
    expect(text).toContain('## Whether the machinery can be trusted');
    expect(text).not.toContain('## What it earned');
  });
});
