import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import { experimentBody, hear, type HeardPerson, insightOn, productNow } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const AT = '/v1/experiments/total-first';

describe('notices of evidence that is taken back', () => {
  let app: TestApp;
  let people: HeardPerson[];

  beforeAll(async () => {
    app = await startTestApp();
    people = [];
    for (const pseudonym of ['Visitor A', 'Visitor B', 'Visitor C', 'Visitor D']) {
      people.push(await hear(app, { pseudonym }));
    }
    const insightId = await insightOn(app, people);
    await app.ok('post', '/v1/metrics', {
      key: 'checkout-start',
      name: 'Checkout started',
      role: 'proxy',
      kind: 'proportion',
      class: 'engagement',
      direction: 'increase',
      event: 'checkout_started',
      windowDays: 7,
    });
    await app.ok('post', '/v1/experiments', experimentBody(insightId, people, { traffic: 0.1 }));
    await app.ok('post', `${AT}/launch`);
  });
  afterAll(() => app.close());

  const tick = async (): Promise<void> =>
    await app.app.get(DueWorkRegistry).runDue(await productNow(app), 'queued');
  const told = async (): Promise<string[]> => {
    const answer = await app.ok('get', '/v1/notifications?kind=evidence_withdrawn');
    return (answer.body.data as { subject: string; endedAt?: string }[]).map(
      ({ subject, endedAt }) => `${subject} ${endedAt === undefined ? 'open' : 'ended'}`,
    );
  };
  const withdraw = (index: number) =>
    app.ok('post', `/v1/consents/${people[index]?.consentId}/withdraw`);
  const answer = () => app.ok('post', `${AT}/evidence-gaps`, { answer: 'The others say the same' });
  const audited = async () =>
    (
      await app.sql<{ action: string }>(
        `SELECT audit_entry.action FROM audit_entry WHERE audit_entry.action LIKE 'notice.%'
         ORDER BY audit_entry.seq`,
      )
    ).map(({ action }) => action);

  it('begin with the withdrawal, end with the answer, and begin anew with the next one', async () => {
    await tick();
    expect(await told()).toEqual([]);
    await withdraw(1);
    await tick();
    await tick();
    expect(await told()).toEqual(['experiment open']);
    await answer();
    await tick();
    expect(await told()).toEqual(['experiment ended']);
    await withdraw(2);
    await tick();
    expect(await told()).toEqual(['experiment open', 'experiment ended']);
    expect(await audited()).toEqual(['notice.open', 'notice.end', 'notice.open']);
    const [newest] = (await app.ok('get', '/v1/notifications?limit=1')).body.data;
    expect(newest).toMatchObject({
      kind: 'evidence_withdrawn',
      severity: 'warning',
      experimentKey: 'total-first',
      link: `${AT}/brief`,
    });
  });
});
