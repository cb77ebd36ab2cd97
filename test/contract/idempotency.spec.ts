import { describeApi } from '../../src/app.documentation.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Why a POST takes no `Idempotency-Key`: sent twice, it does nothing twice. By reason. */
const REPEATABLE: Readonly<Record<string, readonly string[]>> = {
  'stores nothing': ['/v1/experiments/check', '/v1/plans/power'],
  'every item has an id of its own': ['/v1/events', '/v1/webhooks/stripe', '/track'],
  'a step of a life, refused the second time': [
    '/v1/experiments/{key}/archive',
    '/v1/experiments/{key}/rereads/{id}/retry',
    '/v1/experiments/{key}/end-enrolment',
    '/v1/experiments/{key}/launch',
    '/v1/experiments/{key}/pause',
    '/v1/experiments/{key}/resume',
    '/v1/experiments/{key}/stop',
    '/v1/holdouts/{key}/end',
    '/v1/imports/{id}/reverse',
    '/v1/policies/{profile}/versions/{version}/approve',
    '/v1/consents/{id}/withdraw',
  ],
  'the same receipt again': ['/v1/participants/{id}/erasure', '/v1/units/erasure'],
  'goes on where it stopped, by the digest of the file': [
    '/v1/interviews/{id}/transcripts',
    '/v1/studies/{id}/codebook',
    '/v1/studies/{id}/import',
    '/v1/studies/{id}/import-refi',
  ],
  'reads everything again; one more reading is no harm': [
    '/v1/experiments/{key}/evaluations',
    '/v1/experiments/{key}/rebuilds',
    '/v1/insights/{id}/negative-searches',
  ],
  'names where to go': ['/v1/sandbox/clock', '/v1/notifications/read'],
  'sends one message more': ['/v1/notification-channels/{id}/test'],
};
/** Assignment stores nothing, and tracking names every message. */
const FOREIGN =
  /^\/(ofrep|api)\/|^\/v1\/(a|alias|b|batch|g|group|i|identify|p|page|screen|s|t|track)$/;

describe('requests that are sent again', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it('every POST takes an Idempotency-Key, or says why it needs none', () => {
    const posts = Object.entries(describeApi(app.app).paths).flatMap(([path, item]) => {
      const { post } = item as { post?: { parameters?: { name: string }[] } };
      return post === undefined || FOREIGN.test(path) ? [] : [{ path, post }];
    });
    const without = posts
      .filter(
        ({ post }) => post.parameters?.every(({ name }) => name !== 'Idempotency-Key') ?? true,
      )
      .map(({ path }) => path);
    expect(without.toSorted()).toEqual(Object.values(REPEATABLE).flat().toSorted());
  });
});
