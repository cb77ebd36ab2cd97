import { experimentBody, standardEvidence } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Two at once: whatever the order, nothing stands that a gate or a table forbids. */
describe('races', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startTestApp();
  });
  afterEach(() => app.close());

  const tally = (statuses: readonly number[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it('of ten who create the same key, one does', async () => {
    const { people, insightId } = await standardEvidence(app);
    const body = experimentBody(insightId, people);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => app.send('post', '/v1/experiments', body)),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 201: 1, 409: 9 });
  });

  it('of ten who launch the same draft, one does, and there is one plan', async () => {
    const { people, insightId } = await standardEvidence(app);
    await app.ok('post', '/v1/experiments', experimentBody(insightId, people));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => app.send('post', '/v1/experiments/total-first/launch')),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 1, 409: 9 });
    const plan = await app.ok('get', '/v1/experiments/total-first/plan');
    expect(plan.body.versions).toHaveLength(1);
  });

  it('many who write evidence at once leave one unbroken audit chain', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        app.send('post', '/v1/participants', {
          pseudonym: `Person ${index % 15}`,
          kind: 'human',
          population: 'lead',
        }),
      ),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 201: 15, 409: 15 });
    const chain = await app.ok('get', '/v1/audit/verification');
    expect(chain.body).toEqual({ entries: 15, intact: true });
  });
});
