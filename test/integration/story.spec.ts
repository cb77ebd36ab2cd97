import { decisionBody } from '../support/decision-body.js';
import { experimentBody, productNow, standardEvidence } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;

interface Unit {
  id: string;
  variant: string;
}

/** The whole way: evidence, gate, launch, assignment, events, clock, evaluation, decision, brief. */
describe('the story on one thread', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    const project = await app.ok('get', '/v1/project');
    const { default: request } = await import('supertest');
    await request(app.app.getHttpServer())
      .put('/v1/project')
      .set('authorization', `Bearer ${(await import('../support/test-config.js')).ADMIN_KEY}`)
      .set('if-match', String(project.headers['etag']))
      .send({
        ...project.body,
        costs: {
          cogs: { how: 'rate', ofRevenue: 0.4 },
          incentive: { how: 'none', because: 'we give no discounts' },
          support_cost: { how: 'events' },
        },
      })
      .expect(200);
  });
  afterAll(() => app.close());

  const assign = async (ids: readonly string[]): Promise<Unit[]> => {
    const units: Unit[] = [];
    for (const id of ids) {
      const flag = await app.ok('post', '/ofrep/v1/evaluate/flags/total-first', {
        context: { targetingKey: id },
      });
      units.push({ id, variant: flag.body.variant as string });
    }
    return units;
  };

  const post = async (events: readonly object[]): Promise<void> => {
    for (let at = 0; at < events.length; at += 500) {
      const answer = await app.ok('post', '/v1/events', { events: events.slice(at, at + 500) });
      const bad = (answer.body.results as { status: string }[]).filter(
        ({ status }) => status !== 'accepted',
      );
      expect(bad).toEqual([]);
    }
  };

  it('goes from a because to a decision carried by money', async () => {
    const { people, insightId } = await standardEvidence(app);
    await app.ok('post', '/v1/experiments', experimentBody(insightId, people));
    await app.ok('post', '/v1/experiments/total-first/launch');
    const start = await productNow(app);
    const units = await assign(Array.from({ length: 600 }, (_, index) => `visitor-${index}`));
    const arms = new Map<string, number>();
    for (const { variant } of units) arms.set(variant, (arms.get(variant) ?? 0) + 1);
    expect([...arms.keys()].sort()).toEqual(['control', 'total']);

    const at = (days: number): string => new Date(start.getTime() + days * DAY_MS).toISOString();
    const unit = (id: string) => ({ kind: 'visitor', id });
    const better = (variant: string): boolean => variant === 'total';
    await app.moveClock(at(3));
    await post(
      units.map(({ id, variant }) => ({
        id: `x-${id}`,
        type: 'exposure',
        unit: unit(id),
        occurredAt: at(1),
        experiment: 'total-first',
        variant,
      })),
    );
    // Of three visitors in control one starts and pays; of three in the variant two do.
    const buyers = units.filter(({ variant }, index) => index % 3 < (better(variant) ? 2 : 1));
    await post(
      buyers.flatMap(({ id }) => [
        {
          id: `c-${id}`,
          type: 'event',
          unit: unit(id),
          occurredAt: at(2),
          name: 'checkout_started',
        },
        {
          id: `m-${id}`,
          type: 'money',
          unit: unit(id),
          occurredAt: at(2),
          name: 'revenue',
          amountMinor: 5000 + (Number(id.split('-')[1]) % 7) * 100,
          currency: 'USD',
        },
      ]),
    );

    const first = await app.ok('post', '/v1/experiments/total-first/evaluations');
    expect(first.body.verdict.perVariant[0].state).toBe('collecting');

    // A week later every visitor's window for the leading metric has closed; the money's has not.
    await app.ok('post', '/v1/sandbox/clock', { now: at(9) });
    const early = await app.ok('post', '/v1/experiments/total-first/evaluations');
    expect(early.body.verdict.perVariant[0].state).toBe('proxy_win_pending_profit');
    expect(early.body.verdict.winner).toBeUndefined();
    const tooEarly = await app.send('post', '/v1/experiments/total-first/decide', {
      action: 'ship',
      variant: 'total',
      reason: 'the clicks are up',
    });
    expect([tooEarly.status, tooEarly.body.gate]).toEqual([422, 'decide']);
    expect(tooEarly.body.unmet.map(({ code }: { code: string }) => code)).toContain(
      'PROFIT_NOT_MATURED',
    );

    await app.ok('post', '/v1/sandbox/clock', { now: at(70) });
    const experiment = await app.ok('get', '/v1/experiments/total-first');
    expect(experiment.body.status).toBe('maturing');
    const final = await app.ok('post', '/v1/experiments/total-first/evaluations');
    expect(final.body.verdict).toMatchObject({
      winner: 'total',
      profitCoverage: 'full',
      perVariant: [{ variant: 'total', state: 'profit_win' }],
    });
    const profit = final.body.metrics.find(({ key }: { key: string }) => key === 'profit');
    expect(profit.comparisons[0].frequentist).toMatchObject({ valid: true });
    expect(profit.comparisons[0].frequentist.pValue).toBeLessThan(0.05);
    expect(profit.comparisons[0].bayesian.chanceToWin).toBeGreaterThan(0.9);

    const decision = await decisionBody(app, 'total-first', {
      action: 'ship',
      variant: 'total',
      reason: 'it earns more',
      holdBack: 0.05,
    });
    const shipped = await app.ok('post', '/v1/experiments/total-first/decide', decision);
    expect(shipped.body).toMatchObject({ action: 'ship', variant: 'total', warnings: [] });
    expect(shipped.body.learning.links.map(({ by }: { by: string }) => by)).toEqual([
      'people',
      'people',
      'numbers',
    ]);
    const flag = await app.ok('post', '/ofrep/v1/evaluate/flags/total-first', {
      context: { targetingKey: units.find(({ variant }) => variant === 'total')?.id },
    });
    expect(flag.body.value).toBe('total');

    const brief = await app.ok('get', '/v1/experiments/total-first/brief');
    expect(brief.body).toMatchObject({
      status: 'decided',
      winner: 'total',
      profitCoverage: 'full',
      whoSaidSo: { people: 3 },
      decision: { action: 'ship', variant: 'total' },
    });
    expect(brief.body.labels).toEqual(['Sandbox: nothing here is real']);
    expect(brief.body.whatItEarned[0].sentence).toContain('more than in control');
    const { default: request } = await import('supertest');
    const markdown = await request(app.app.getHttpServer())
      .get('/v1/experiments/total-first/brief')
      .set('authorization', `Bearer ${(await import('../support/test-config.js')).ADMIN_KEY}`)
      .set('accept', 'text/markdown');
    expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8');
    for (const title of [
      'Why we test',
      'Who said so',
      'What moved',
      'What it earned',
      'Verdict',
      'What we decided',
    ]) {
      expect(markdown.text).toContain(`## ${title}`);
    }
    expect(markdown.text).toContain('opened the pricing page three times');
  });

  it('an override takes its own scope, and marks every view', async () => {
    const weak = await app.ok('post', '/v1/keys', {
      kind: 'secret',
      name: 'decider',
      scopes: ['experiments:decide', 'experiments:read'],
    });
    const body = {
      action: 'ship',
      variant: 'total',
      reason: 'again',
      override: { reason: 'the board wants it' },
    };
    const refused = await app.send(
      'post',
      '/v1/experiments/total-first/decide',
      body,
      weak.body.secret,
    );
    expect([refused.status, refused.body.scope]).toEqual([403, 'experiments:override']);
  });

  it('the audit chain holds, and notices a changed entry', async () => {
    const intact = await app.ok('get', '/v1/audit/verification');
    expect(intact.body.intact).toBe(true);
    expect(intact.body.entries).toBeGreaterThan(20);
    await app.sql('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
    await app.sql(`UPDATE audit_entry SET actor = 'somebody else' WHERE seq = 5`);
    const broken = await app.ok('get', '/v1/audit/verification');
    expect(broken.body).toMatchObject({ intact: false, firstBadSeq: 5, problem: 'changed' });
  });
});
