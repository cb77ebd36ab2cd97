import request from 'supertest';
import { claimOn, dryRun, integritySubjects, itemOf, tell } from '../support/gamed-evidence.js';
import { declareMetrics, experimentBody } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

/** Each test is a trick with people who are near to whoever asks; all of them are invented. */
describe('gaming with people one knows', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await declareMetrics(app);
  });
  afterAll(() => app.close());

  it('call a colleague a customer: an address of the company says who they work for', async () => {
    const project = await app.ok('get', '/v1/project');
    const saved = await request(app.app.getHttpServer())
      .put('/v1/project')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('if-match', String(project.headers['etag']))
      .send({ ...project.body, employerDomains: ['example.com'] });
    expect([saved.status, saved.body.employerDomains]).toEqual([200, ['example.com']]);
    const colleague = await tell(app, {
      pseudonym: 'Colleague',
      person: { identity: { email: 'Colleague@mail.Example.com' }, conflict: 'none' },
    });
    const customer = await tell(app, {
      pseudonym: 'Customer',
      person: { identity: { email: 'customer@example.org' } },
    });
    const shown = await app.ok('get', `/v1/participants/${colleague.participantId}`);
    expect(shown.body.conflict).toBe('employee');
    const other = await app.ok('get', `/v1/participants/${customer.participantId}`);
    expect(other.body.conflict).toBe('none');
    const insightId = await claimOn(app, [colleague], []);
    const refused = await dryRun(app, experimentBody(insightId, [colleague]));
    expect(itemOf(refused.unmet, 'CONFLICTED_SOURCE').actual).toBe(0);
  });

  it('recruit one’s own friends: who found them is asked, and shown beside what they carry', async () => {
    const [owner] = await app.sql<{ id: string }>(`SELECT id FROM member WHERE name = 'owner'`);
    const found = await tell(app, { pseudonym: 'Found', person: { recruitedBy: owner?.id } });
    const insightId = await claimOn(app, [found], []);
    const body = experimentBody(insightId, [found], { policy: 'explore', traffic: 0.1 });
    const experiment = await app.ok('post', '/v1/experiments', body);
    expect(await integritySubjects(app, 'RECRUITED_BY_AUTHOR')).toEqual([
      [experiment.body.id, found.participantId],
    ]);
  });

  it('name a recruiter who is nobody: refused', async () => {
    const refused = await app.send('post', '/v1/participants', {
      pseudonym: 'Unfound',
      kind: 'human',
      population: 'lead',
      recruitedBy: '01a00000-0000-7000-8000-000000000000',
    });
    expect(refused.body.errors).toEqual([{ pointer: '/recruitedBy', code: 'unknown-member' }]);
  });
});
