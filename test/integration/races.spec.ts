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

  it('P16: a launch and a withdrawal of consent never both win against the gate', async () => {
    const { people, insightId } = await standardEvidence(app);
    for (let round = 0; round < 15; round += 1) {
      const key = `race-${round}`;
      const body = experimentBody(insightId, people, { key });
      const rationale = { ...(body['rationale'] as object), replicationOf: 'race-0' };
      await app.ok('post', '/v1/experiments', round === 0 ? body : { ...body, rationale });
      const consentId = people[0]?.consentId ?? '';
      const [launch] = await Promise.all([
        app.send('post', `/v1/experiments/${key}/launch`),
        app.send('post', `/v1/consents/${consentId}/withdraw`),
      ]);
      // Whoever came second saw the other: a launch after the withdrawal is refused.
      const [order] = await app.sql<{ launched_after: boolean | null }>(
        `SELECT experiment.launched_at > consent.withdrawn_at
           AND launch.seq > withdrawal.seq AS launched_after
         FROM experiment
         JOIN consent ON consent.id = $2
         JOIN audit_entry AS withdrawal ON withdrawal.action = 'consent.withdraw'
           AND withdrawal.object_id = consent.id::text
         LEFT JOIN audit_entry AS launch ON launch.action = 'experiment.launch'
           AND launch.object_id = experiment.id::text
         WHERE experiment.key = $1`,
        [key, consentId],
      );
      if (launch.status === 200) expect(order?.launched_after).toBe(false);
      else expect([launch.status, launch.body.code]).toEqual([422, 'gate-refused']);

      const renewed = await app.ok(
        'post',
        `/v1/participants/${people[0]?.participantId}/consents`,
        {
          scopes: ['product_decisions', 'quote_internal'],
          givenAt: new Date(Date.now() - 86_400_000).toISOString(),
          how: 'form',
          noticeVersion: '1',
        },
      );
      if (people[0] !== undefined) people[0].consentId = renewed.body.id as string;
    }
    const chain = await app.ok('get', '/v1/audit/verification');
    expect(chain.body.intact).toBe(true);
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
